import { describe, expect, it } from 'vitest';
import { ReadBuffer } from '../../src/wire/read-buffer.js';

/** What comes, as a socket reads it: as much as there is room for, piece after piece. */
function read(memory: ReadBuffer, bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const count = bytes.copy(memory.room(), 0, at);
    pieces.push(memory.take(count));
    at += count;
  }
  return pieces;
}

const numbered = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => i % 251));

describe('ReadBuffer', () => {
  it('leaves what was read as it was, whatever comes behind it', () => {
    const memory = new ReadBuffer();
    const bytes = numbered(1_000_000);
    const pieces: Buffer[] = [];
    for (let at = 0, length = 1; at < bytes.length; at += length, length = (length * 7) % 70_001) {
      pieces.push(...read(memory, bytes.subarray(at, at + length)));
    }
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  });

  it('has room of its own for the next read where one was not made use of, or only in part', () => {
    const memory = new ReadBuffer();
    memory.room();
    const [first] = read(memory, Buffer.from('first'));
    memory.room().fill('x');
    const [second] = read(memory, Buffer.from('second'));
    expect([String(first), String(second)]).toEqual(['first', 'second']);
  });

  it('stays small while little comes at a time', () => {
    const memory = new ReadBuffer();
    const kept = new Set<ArrayBufferLike>();
    for (let i = 0; i < 1_000; i++) for (const { buffer } of read(memory, numbered(100))) kept.add(buffer);
    expect(Math.max(...[...kept].map(({ byteLength }) => byteLength))).toBe(8 * 1024);
    // At most half of each is not made use of.
    expect(kept.size).toBeLessThanOrEqual(Math.ceil(100_000 / (4 * 1024)));
  });

  it('grows for who fills it, up to 128 KiB, of which 64 are read at a time', () => {
    const memory = new ReadBuffer();
    const pieces = read(memory, numbered(1_000_000));
    const sizes = [...new Set(pieces.map(({ buffer }) => buffer.byteLength))];
    expect(sizes).toEqual([8 * 1024, 32 * 1024, 128 * 1024]);
    expect(Math.max(...pieces.map(({ length }) => length))).toBe(64 * 1024);
  });

  it('always has room', () => {
    const memory = new ReadBuffer();
    for (let count = 0; count < 3_000; count++) {
      const { length } = memory.room();
      expect(length).toBeGreaterThanOrEqual(4 * 1024);
      memory.take(Math.min(length, count * 13));
    }
  });
});
