import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EMPTY, Observable, of } from 'rxjs';
import { type Page, pages, toReadable } from 'rxcql';
import { describe, expect, it, vi } from 'vitest';
import { damaged, outcome, queryOf, turns } from './support.js';

async function textOf(source: Observable<Page<string>>): Promise<string> {
  let text = '';
  for await (const row of toReadable(source)) text += row as string;
  return text;
}

describe.each([
  ['there at once', false],
  ['that come later', true],
])('toReadable over pages %s', (_, later) => {
  it('has every row, of one page, of many, of empty ones, and of none', async () => {
    expect(await textOf(queryOf(['abc'], { later }).source)).toBe('abc');
    expect(await textOf(queryOf(['', 'ab', 'c', '', 'de'], { later }).source)).toBe('abcde');
    expect(await textOf(EMPTY)).toBe('');
  });

  it('flows, and pauses', async () => {
    const query = queryOf(['ab', 'cd', 'ef'], { later });
    const readable = toReadable(query.source);
    const seen: unknown[] = [];
    readable.on('data', (row) => {
      seen.push(row);
      if (row === 'b') readable.pause();
    });
    await turns(10);
    expect(seen).toEqual(['a', 'b']);
    expect(query.fetched).toBe(1);
    readable.resume();
    await new Promise((resolve) => readable.on('end', resolve));
    expect(seen.join('')).toBe('abcdef');
  });

  it('is read by hand', async () => {
    const readable = toReadable(queryOf(['ab', 'c'], { later }).source);
    const seen: unknown[] = [];
    readable.on('readable', () => {
      for (let row: unknown = readable.read(); row !== null; row = readable.read()) seen.push(row);
    });
    await new Promise((resolve) => readable.on('end', resolve));
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('sends nothing before it is read', async () => {
    const query = queryOf(['a'], { later });
    const readable = toReadable(query.source);
    await turns();
    expect(query.subscribed).toBe(0);
    readable.destroy();
    await turns();
    expect(query.subscribed).toBe(0);
  });

  it('asks for nothing more when the loop over it is left, at any row', async () => {
    for (const last of ['a', 'b', 'c']) {
      const query = queryOf(['ab', 'cd', 'e'], { later });
      for await (const row of toReadable(query.source)) if (row === last) break;
      await turns();
      expect(query).toMatchObject({ fetched: last < 'c' ? 1 : 2, left: 1, inFlight: 0 });
    }
  });

  it('is destroyed by the error of a fetch, after the rows before it', async () => {
    const query = queryOf(['ab', 'c'], { later, failAt: 1 });
    const readable = toReadable(query.source);
    const error = vi.fn();
    const seen: unknown[] = [];
    readable.on('error', error).on('data', (row) => seen.push(row));
    await new Promise((resolve) => readable.on('close', resolve));
    expect(error).toHaveBeenCalledExactlyOnceWith(new Error('The fetch failed.'));
    expect(seen).toEqual(['a', 'b']);
    expect(query.left).toBe(1);
  });

  it('holds back a query whose rows are worked on slowly, through other streams too', async () => {
    const texts = Array.from({ length: 40 }, () => 'x'.repeat(10));
    const query = queryOf(texts, { later });
    let written = 0;
    let ahead = 0;
    const slow = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(_row, _encoding, callback) {
        written++;
        ahead = Math.max(ahead, query.fetched - Math.ceil(written / 10));
        setImmediate(callback);
      },
    });
    const transform = new Transform({
      objectMode: true,
      highWaterMark: 1,
      transform: (row, _encoding, callback) => callback(null, row),
    });
    await pipeline(toReadable(query.source), transform, slow);
    expect(written).toBe(400);
    expect(ahead).toBeLessThanOrEqual(1);
  });
});

describe('toReadable', () => {
  it('keeps no row of its own: what has been fetched is what was read, pages of one row included', async () => {
    const query = queryOf(Array.from({ length: 100 }, () => 'x'));
    const readable = toReadable(query.source);
    let read = 0;
    for await (const row of readable) {
      expect(row).toBe('x');
      read++;
      await turns(2);
      expect(query.fetched).toBe(read);
      expect(readable.readableLength).toBe(0);
    }
    expect(read).toBe(100);
  });

  it('leaves a fetch in flight when it is destroyed, and leaves before it gives up its page', async () => {
    const left = vi.fn();
    const readable = toReadable(new Observable<Page<string>>(() => left));
    readable.resume();
    await turns();
    readable.destroy();
    expect(left).toHaveBeenCalledOnce();
    await turns();
    expect(readable.destroyed).toBe(true);
  });

  it('passes on the error that it is destroyed with', async () => {
    const query = queryOf(['ab', 'c']);
    const readable = toReadable(query.source);
    const failed = new Promise((resolve) => readable.on('error', resolve));
    readable.once('data', () => readable.destroy(new Error('no more')));
    expect(await failed).toEqual(new Error('no more'));
    expect(query).toMatchObject({ fetched: 1, left: 1 });
  });

  it('leaves the query when the stream behind it fails', async () => {
    const query = queryOf(['ab', 'c']);
    const full = new Writable({ objectMode: true, write: (_row, _encoding, callback) => callback(new Error('full')) });
    expect(await outcome(pipeline(toReadable(query.source), full))).toBe('rejected: full');
    expect(query).toMatchObject({ left: 1, inFlight: 0 });
  });

  it('is destroyed by a row that cannot be read, and asks for nothing more', async () => {
    const source = damaged();
    expect(await outcome(textOf(source))).toBe('rejected: The row is damaged.');
    expect(source.fetched()).toBe(1);
  });

  it('is destroyed by a row that is null, the end of a Readable', async () => {
    const source = pages<unknown, number>(() => of({ rows: [1, null, 2] })) as Observable<Page<string>>;
    expect(await outcome(textOf(source))).toContain('null');
  });

  it('is destroyed by rows in the place of pages', async () => {
    const rows = of('a') as unknown as Observable<Page<string>>;
    expect(await outcome(textOf(rows))).toContain('toReadable takes the pages of a query');
  });

  it('is a Readable in object mode', () => {
    const readable = toReadable(EMPTY);
    expect(readable).toBeInstanceOf(Readable);
    expect(readable.readableObjectMode).toBe(true);
  });
});
