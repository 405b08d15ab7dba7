import fc from 'fast-check';
import { lastValueFrom, of, Subject, toArray } from 'rxjs';
import { chunked } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors.js';

describe('chunked', () => {
  it('cuts chunks into pieces of its size, and loses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array()), fc.integer({ min: 1, max: 12 }), async (chunks, size) => {
        const cut = await lastValueFrom(of(...chunks).pipe(chunked(size), toArray()));
        expect(Buffer.concat(cut)).toEqual(Buffer.concat(chunks));
        expect(cut.every(({ length }) => length > 0 && length <= size)).toBe(true);
        const shorter = chunks.filter(({ length }) => length % size > 0);
        expect(cut.filter(({ length }) => length < size).length).toBe(shorter.length);
      }),
    );
  });

  it('waits for nothing', () => {
    const source = new Subject<Uint8Array>();
    const cut: number[] = [];
    source.pipe(chunked(3)).subscribe(({ length }) => cut.push(length));
    source.next(Buffer.alloc(4));
    expect(cut).toEqual([3, 1]);
  });

  it.each([[0], [-1], [1.5], [NaN]])('refuses %d', (size) => {
    expect(() => chunked(size)).toThrow(ConfigurationError);
  });
});
