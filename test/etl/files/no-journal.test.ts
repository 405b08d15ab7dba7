/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- what takes pages takes those of a scan */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom, type Observable, of, Subject, toArray } from 'rxjs';
import { ConfigurationError } from 'rxcql';
import { type FileWritten, type ScanPage, toCsv } from 'rxcql/etl';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/served-session.js';
import { type Item, item, items, linesIn, range, scanPage, temporaryFolders } from './support.js';

const folderOf = temporaryFolders();
const written = (source: Observable<FileWritten>): Promise<FileWritten[]> => lastValueFrom(source.pipe(toArray()));
const [half, other] = [range(0n, 5n), range(5n, 9n)];
const NAME = 'part-09223372036854775808-09223372036854775813.csv';

describe('a folder without a journal', () => {
  it('has the files of its ranges, and nothing else', async () => {
    const folder = join(folderOf(), 'deep');
    for (const of_ of [half, other]) await written(of(scanPage(of_, [item(1)])).pipe(toCsv({ folder, checkpoint: false }))); // prettier-ignore
    expect(readdirSync(folder)).toEqual([NAME, NAME.replace(/-\d+-(\d+)/, '-$1-09223372036854775817')]);
  });

  it('has the file of a range that is written again in the place of the one before, and none if it has no rows', async () => {
    const folder = folderOf();
    const write = (rows: readonly Item[]): Promise<FileWritten[]> =>
      written(of(scanPage(half, rows)).pipe(toCsv({ folder, checkpoint: false })));
    await write([item(1), item(2)]);
    expect(await write([item(2)])).toMatchObject([{ file: join(folder, NAME), rows: 1 }]);
    expect(linesIn(folder)).toEqual(['2,name 2']);
    expect(await write([])).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('has one whole file of a range that two write at the same time, the last of them', async () => {
    const folder = folderOf();
    const writer = () => {
      const pages = new Subject<ScanPage<Item>>();
      const files = written(pages.pipe(toCsv({ folder, checkpoint: false })));
      const page = (seq: number, first: number) =>
        pages.next(scanPage(half, items(first, 1), { seq, lastOfRange: seq === 1 }));
      return { pages, files, page };
    };
    const [slow, fast] = [writer(), writer()];
    slow.page(0, 1);
    await expect.poll(() => readdirSync(folder).filter((file) => file.endsWith('.tmp')).length).toBe(1);
    for (const seq of [0, 1]) fast.page(seq, seq + 4);
    fast.pages.complete();
    await fast.files;
    expect(linesIn(folder)).toEqual(['4,name 4', '5,name 5']);
    // Whoever comes back after a while goes on with a file of its own.
    slow.page(1, 2);
    slow.pages.complete();
    const [{ sha256, bytes } = {}] = await slow.files;
    expect(linesIn(folder)).toEqual(['1,name 1', '2,name 2']);
    expect(readFileSync(join(folder, NAME)).length).toBe(bytes);
    expect(sha256).not.toBe((await fast.files)[0]!.sha256);
    expect(readdirSync(folder)).toEqual([NAME]);
  });

  it('leaves nothing of a range that fails, and does not touch what is there', async () => {
    const folder = folderOf();
    await written(of(scanPage(half, [item(1)])).pipe(toCsv({ folder, checkpoint: false })));
    const pages = new Subject<ScanPage<Item>>();
    const failure = failureOf(pages.pipe(toCsv({ folder, checkpoint: false })));
    pages.next(scanPage(half, [item(2)], { lastOfRange: false }));
    pages.error(new Error('lost'));
    expect((await failure).message).toBe('lost');
    expect(readdirSync(folder)).toEqual([NAME]);
    expect(linesIn(folder)).toEqual(['1,name 1']);
  });

  it('is nothing else than false', async () => {
    const folder = join(folderOf(), 'none');
    const sink = { folder, checkpoint: true as unknown as false };
    expect(await failureOf(of(scanPage(half, [item(1)])).pipe(toCsv(sink)))).toBeInstanceOf(ConfigurationError);
    expect(existsSync(folder)).toBe(false);
  });
});
