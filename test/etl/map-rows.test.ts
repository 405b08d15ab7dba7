import { concatMap, EMPTY, firstValueFrom, lastValueFrom, NEVER, of, Subject, take, throwError, toArray } from 'rxjs';
import { type Page, pages } from 'rxcql';
import { fromNdjson, mapRows, ScanPage } from 'rxcql/etl';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { range, scanPage } from './files/support.js';

const double = (value: number): number => value * 2;

describe('mapRows', () => {
  it('makes other rows of those of each page, which know their place in it', async () => {
    const source = pages<number, number>((at = 0) => [
      { rows: [at, at + 1], pagingState: at < 2 ? at + 2 : undefined },
    ]);
    const project = (row: number, index: number) => `${row}:${index}`;
    const rows = source.pipe(mapRows(project), concatMap((page) => page), toArray()); // prettier-ignore
    expect(await lastValueFrom(rows)).toEqual(['0:0', '1:1', '2:0', '3:1']);
  });

  it('asks for the next page when its own has been read', () => {
    const fetch = vi.fn((at: number = 0) => [{ rows: [at], pagingState: at + 1 }]);
    const seen: Page<number>[] = [];
    pages<number, number>(fetch).pipe(mapRows(double), take(3)).subscribe((page) => seen.push(page)); // prettier-ignore
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(seen[0]!.toArray()).toEqual([0]);
    expect(fetch).toHaveBeenCalledTimes(2);
    seen[1]!.skip();
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it('leaves pages of a scan in their ranges', () => {
    const found: Page<number>[] = [];
    const place = range(0n, 10n);
    const page = scanPage(place, [1, 2], { seq: 3, lastOfRange: false });
    of<Page<number>>(page).pipe(mapRows(double)).subscribe((mapped) => found.push(mapped)); // prettier-ignore
    const [mapped] = found;
    if (!(mapped instanceof ScanPage)) throw new Error('It is of no range.');
    expect([mapped.range, mapped.seq, mapped.lastOfRange, mapped.upto]).toEqual([place, 3, false, page.upto]);
    const delivered = vi.fn();
    page.whenDelivered(delivered);
    expect([...mapped]).toEqual([2, 4]);
    expect(delivered).toHaveBeenCalledOnce();
  });

  it('leaves records of a file at their lines', async () => {
    const file = Readable.from([Buffer.from('{"id":1}\n\n{"id":2}\n')]);
    const read = fromNdjson<{ id: number }>(file).pipe(mapRows(({ id }) => ({ id: id + 1 })));
    const page = (await firstValueFrom(read)) as Page<{ id: number }> & { positionOf(row: number): { line: number } };
    expect([page.positionOf(1).line, page.toArray()]).toEqual([3, [{ id: 2 }, { id: 3 }]]);
  });

  it('fails a page by what project throws, and no other', () => {
    const failing = pages<number, number>((at = 0) => [{ rows: [at], pagingState: at < 1 ? at + 1 : undefined }]).pipe(
      mapRows((row) => {
        if (row === 0) throw new Error('refused');
        return row;
      }),
    );
    const seen: unknown[] = [];
    failing.subscribe((page) => page.subscribe({ next: (row) => seen.push(row), error: (error: Error) => seen.push(error.message) })); // prettier-ignore
    expect(seen).toEqual(['refused', 1]);
  });

  it('ends and fails as its source does, and leaves it when it is left', () => {
    const [complete, error] = [vi.fn(), vi.fn()];
    EMPTY.pipe(mapRows(double)).subscribe({ complete });
    NEVER.pipe(mapRows(double)).subscribe({ complete: error });
    throwError(() => new Error('lost')).pipe(mapRows(double)).subscribe({ error }); // prettier-ignore
    expect(complete).toHaveBeenCalledOnce();
    expect(error).toHaveBeenCalledExactlyOnceWith(new Error('lost'));
    const source = new Subject<Page<number>>();
    source.pipe(mapRows(double)).subscribe().unsubscribe();
    expect(source.observed).toBe(false);
  });
});
