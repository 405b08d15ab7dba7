/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- what takes pages takes those of a scan */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { concat, from, lastValueFrom, NEVER, type Observable, of, Subject, take, tap, throwError, toArray } from 'rxjs';
import { ConfigurationError, CqlError, type Page, ResponseError } from 'rxcql';
import {
  checkpointFile,
  type FileSink,
  type FilesOptions,
  type FileWritten,
  resume,
  scan,
  ScanError,
  type ScanOptions,
  type ScanPage,
  toCsv,
  type TokenRange,
} from 'rxcql/etl';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RING_START } from '../../../src/etl/token-range.js';
import { failureOf } from '../../support/served-session.js';
import { tokenTable, type TokenRow, type TokenTableOptions } from '../../support/token-table.js';
import { columnsOf, type Item, item, items, linesIn, range, scanPage, temporaryFolders } from './support.js';

const STEP = 10n ** 17n;
const rows: TokenRow[] = Array.from({ length: 100 }, (_, id) => ({ token: BigInt(id - 50) * STEP, id }));
const columns = { id: 'int', token: 'bigint' };
const all = rows.map(({ id, token }) => `${id},${token}`).sort();
/** Ten ranges, of which those at both ends have no rows. */
const bounds = [RING_START, ...Array.from({ length: 9 }, (_, i) => BigInt(i * 20 - 80) * STEP), RING_START];
const plan = bounds.slice(1).map((end, i) => range(bounds[i]!, end));

const folderOf = temporaryFolders();
const written = (source: Observable<FileWritten>): Promise<FileWritten[]> => lastValueFrom(source.pipe(toArray()));
const unload = (
  sink: Exclude<FileSink, string>,
  table: TokenTableOptions = {},
  options: ScanOptions & FilesOptions = {},
): Observable<FileWritten> => {
  const { overwrite = false, ...scanning } = options;
  const pages = scan(tokenTable({ rows, ...table }).session, 'ks.t', { ranges: plan, pageSize: 7, ...scanning });
  return pages.pipe(toCsv(sink, { columns, overwrite }));
};
const left = (folder: string, header = {}): Observable<TokenRange> =>
  resume(checkpointFile(join(folder, 'rxcql.journal')), from(plan), header);
const journalOf = (folder: string): Record<string, unknown>[] => {
  const lines = readFileSync(join(folder, 'rxcql.journal'), 'utf8').trimEnd().split('\n').slice(1);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};
const manifestOf = (folder: string, name = 'manifest.json'): Record<string, unknown> & { files: { file: string }[] } =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as ReturnType<typeof manifestOf>;
const filesIn = (folder: string): string[] => readdirSync(folder).filter((file) => file.startsWith('part'));
/** Whatever is in the folder is what journal and manifest say. */
const expectWhole = (folder: string): void => {
  expect(linesIn(folder).sort()).toEqual(all);
  const noted = journalOf(folder).flatMap(({ file }) => (file === undefined ? [] : [file as string]));
  expect(noted.sort()).toEqual(filesIn(folder));
  const manifest = manifestOf(folder);
  expect(manifest.files.map(({ file }) => file)).toEqual(filesIn(folder));
  expect(manifest).toMatchObject({ version: 1, format: 'csv', rows: all.length, fraction: 1 });
};

const unavailable = new ResponseError('Unavailable', 'There are too few replicas.');

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('writing a folder', () => {
  it('has a file for each range with rows, all of them in journal and manifest', async () => {
    const folder = join(folderOf(), 'deep', 'down');
    const files = await written(unload({ folder }));
    expectWhole(folder);
    expect(files.map(({ range: of }) => of!.id).sort()).toEqual(plan.slice(1, -1).filter(({ start }) => start < 50n * STEP && start >= -60n * STEP).map(({ id }) => id).sort()); // prettier-ignore
    expect(filesIn(folder)[0]).toBe('part-03223372036854775808-05223372036854775808.csv');
    const records = journalOf(folder);
    expect(records.length).toBe(plan.length);
    const [one] = files;
    const record = {
      rows: one!.rows,
      bytes: one!.bytes,
      sha256: one!.sha256,
      file: one!.file.slice(folder.length + 1),
    };
    expect(records).toContainEqual({ ...record, start: String(one!.range!.start), upto: String(one!.range!.end), end: String(one!.range!.end) }); // prettier-ignore
    expect(manifestOf(folder)).toMatchObject({ compress: null, columns: [{ name: 'id', type: 'int' }, { name: 'token', type: 'bigint' }], header: {} }); // prettier-ignore
  });

  it('compresses the files, begins their names as it is told, and lets others be in the folder', async () => {
    const folder = folderOf();
    const halves = [plan.slice(0, 5), plan.slice(5)];
    for (const [i, ranges] of halves.entries()) {
      await written(unload({ folder, name: `part-${i}`, compress: 'gzip' }, {}, { ranges }));
    }
    expect(linesIn(folder).sort()).toEqual(all);
    expect(filesIn(folder).some((file) => /^part-0-\d{20}-\d{20}\.csv\.gz$/.test(file))).toBe(true);
    const manifests = [0, 1].map((i) => manifestOf(folder, `part-${i}.manifest.json`));
    expect(manifests.reduce((sum, { rows: count }) => sum + (count as number), 0)).toBe(all.length);
    expect(manifests.reduce((sum, { fraction }) => sum + (fraction as number), 0)).toBeCloseTo(1);
  });

  it('has no more files open than ranges are read at a time, and no page that was not written', async () => {
    const folder = folderOf();
    const open: number[] = [];
    await lastValueFrom(
      unload({ folder }, {}, { concurrency: 3 }).pipe(
        tap(() => open.push(filesIn(folder).filter((file) => file.endsWith('.tmp')).length)),
      ),
    );
    expect(Math.max(...open)).toBeLessThanOrEqual(3);
  });

  it('has none of a table without rows', async () => {
    const folder = folderOf();
    expect(await written(unload({ folder }, { rows: [] }))).toEqual([]);
    expect([filesIn(folder), journalOf(folder).length]).toEqual([[], plan.length]);
    expect(manifestOf(folder)).toMatchObject({ rows: 0, files: [], fraction: 1 });
    expect(await written(unload({ folder }, {}, { ranges: [] }))).toEqual([]);
  });

  it('delivers a page when it has been written, and the last of a range when its file is committed', async () => {
    const folder = folderOf();
    const source = new Subject<ScanPage<Item>>();
    const of = range(0n, 10n);
    const subscription = source.pipe(toCsv({ folder })).subscribe();
    const pages = [scanPage(of, items(0, 3), { lastOfRange: false }), scanPage(of, items(3, 3), { seq: 1 })];
    for (const page of pages) {
      const delivered = new Promise<number>((resolve) => page.whenDelivered(() => resolve(filesIn(folder).length)));
      source.next(page);
      expect(page.isDelivered).toBe(false);
      expect(await delivered).toBe(1);
    }
    expect(filesIn(folder)).toEqual(['part-09223372036854775808-09223372036854775818.csv']);
    expect(journalOf(folder).length).toBe(1);
    subscription.unsubscribe();
  });

  it('leaves what is committed, and nothing else, when it is left or the source fails', async () => {
    for (const isLeft of [true, false]) {
      const folder = folderOf();
      const done = scanPage(range(0n, 10n), items(0, 3));
      const begun = scanPage(range(10n, 20n), items(3, 3), { lastOfRange: false });
      const rest = new Subject<ScanPage<Item>>();
      const files: FileWritten[] = [];
      const errors: unknown[] = [];
      const subscription = concat(of(done, begun), rest)
        .pipe(toCsv({ folder }))
        .subscribe({ next: (file) => files.push(file), error: (error) => errors.push(error) });
      await vi.waitFor(() => expect([files.length, begun.isDelivered]).toEqual([1, true]));
      expect(filesIn(folder).length).toBe(2);
      if (isLeft) subscription.unsubscribe();
      else rest.error('mine');
      expect(filesIn(folder)).toEqual(['part-09223372036854775808-09223372036854775818.csv']);
      expect([errors, existsSync(join(folder, 'manifest.json'))]).toEqual([isLeft ? [] : ['mine'], false]);
    }
  });

  it('has no file of a range that was not read to its end, and no manifest then', async () => {
    const folder = folderOf();
    const pages = scan(tokenTable({ rows }).session, 'ks.t', { ranges: plan, pageSize: 7, concurrency: 1 });
    await written(pages.pipe(take(5), toCsv({ folder }, { columns })));
    expect([filesIn(folder).length, existsSync(join(folder, 'manifest.json'))]).toEqual([1, false]);
    await written(unload({ folder }, {}, { ranges: left(folder) }));
    expectWhole(folder);
  });

  it('refuses pages that are not of a scan, not in order, or of what it has been given before', async () => {
    const [one, other] = [range(0n, 10n), range(5n, 15n)];
    const page = scanPage(one, items(0, 3));
    for (const [pages, text] of [
      [[scanPage(one, items(0, 3), { seq: 1 })], 'do not come one after another'],
      [[scanPage(one, items(0, 3), { lastOfRange: false }), scanPage(one, [], { seq: 2 })], 'do not come one after'],
      [[page, scanPage(other, items(0, 3))], 'already'],
      [[page, scanPage(one, items(0, 3))], 'already'],
      [[page, scanPage(range(20n, 30n), [{ id: 1 }], {}, columnsOf({ id: 'int' }))], 'had the columns'],
      [[item(1)], 'takes the pages of a query'],
    ] as const) {
      const folder = folderOf();
      const error = await failureOf(from(pages as unknown as Page[]).pipe(toCsv({ folder })));
      expect(error).toBeInstanceOf(CqlError);
      expect(error.message).toContain(text);
      expect(filesIn(folder).filter((file) => file.endsWith('.tmp'))).toEqual([]);
    }
  });

  it.each([
    [{ folder: '' }, '"folder"'],
    [{}, '"folder"'],
    [{ folder: 'a', name: '../b' }, '"name"'],
    [{ folder: 'a', compress: 'lz4' }, '"compress"'],
    [{ folder: 'a', checkpoint: 'journal' }, '"checkpoint"'],
    [{ folder: 'a', extension: 'csv' }, '"extension"'],
  ])('refuses %j', async (sink, text) => {
    const error = await failureOf(NEVER.pipe(toCsv(sink as never)));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(text);
  });
});

describe('a range that cannot be read', () => {
  /** Everything behind a token is away, but for the first page. */
  const away =
    (from: bigint): NonNullable<TokenTableOptions['fetch']> =>
    ({ start = RING_START }, page, read) =>
      start >= from && page > 0 ? throwError(() => unavailable) : read();

  it.each(['split', 'collect'] as const)('leaves no file, and all others do (%s)', async (onRangeError) => {
    const folder = folderOf();
    const failing = unload({ folder }, { fetch: away(0n) }, { onRangeError });
    const error = await failureOf(failing);
    expect(error).toBeInstanceOf(ScanError);
    expect(error.message).toContain('3 ranges have no file');
    expect(error.message.match(/The first failed with/g)!.length).toBe(1);
    expect(error.cause).toBe(unavailable);
    // Whole ranges, though the first page of each could be read.
    const missing = error['ranges'] as TokenRange[];
    expect(missing.map(({ start, end }) => [start, end])).toEqual([
      [0n, 20n * STEP],
      [20n * STEP, 40n * STEP],
      [40n * STEP, 60n * STEP],
    ]);
    expect(existsSync(join(folder, 'manifest.json'))).toBe(false);
    expect(filesIn(folder).every((file) => file.endsWith('.csv'))).toBe(true);
    // What is said to be missing is what is left: not the range that could be read.
    await written(unload({ folder }, {}, { ranges: missing }));
    expectWhole(folder);
  });
});

describe('going on with a folder', () => {
  it('writes what is left, each row once, and removes what was not committed', async () => {
    const folder = folderOf();
    const mine = new Error('mine');
    let fetched = 0;
    const fetch: TokenTableOptions['fetch'] = (_, __, read) => (++fetched > 9 ? throwError(() => mine) : read());
    const first = unload({ folder }, { fetch }, { ranges: left(folder), concurrency: 2, onRangeError: 'fail' });
    expect(await failureOf(first)).toBe(mine);
    const committed = filesIn(folder);
    expect(committed.length).toBeGreaterThan(0);
    const before = committed.map((file) => readFileSync(join(folder, file)));
    // A process that was killed leaves these: a file that is not whole, and one that is not in the journal yet.
    const uncommitted = 'part-05223372036854775808-07223372036854775808.csv';
    for (const file of [`${uncommitted}.tmp`, 'part-00000000000000000000-00000000000000000001.csv']) {
      writeFileSync(join(folder, file), 'id,token\n1,1\n');
    }
    writeFileSync(join(folder, 'mine.csv.txt'), 'is no concern of theirs');
    appendFileSync(join(folder, 'rxcql.journal'), '{"start":"-4');
    await written(unload({ folder }, {}, { ranges: left(folder), concurrency: 2 }));
    expectWhole(folder);
    expect(committed.map((file) => readFileSync(join(folder, file)))).toEqual(before);
    expect(existsSync(join(folder, 'mine.csv.txt'))).toBe(true);
    // And again, with nothing left.
    const manifest = manifestOf(folder);
    expect(await written(unload({ folder }, {}, { ranges: left(folder) }))).toEqual([]);
    expect(manifestOf(folder)).toEqual(manifest);
  });

  it('goes on by tokens when the plan is cut otherwise', async () => {
    const folder = folderOf();
    await written(unload({ folder }, {}, { ranges: plan.slice(3, 5) }));
    const other = [range(RING_START, -30n * STEP), range(-30n * STEP, 15n * STEP), range(15n * STEP, RING_START)];
    const ranges = resume(checkpointFile(join(folder, 'rxcql.journal')), from(other));
    await written(unload({ folder }, {}, { ranges }));
    expect(linesIn(folder).sort()).toEqual(all);
    expect(manifestOf(folder)).toMatchObject({ rows: 100, fraction: 1 });
  });

  it('keeps a journal elsewhere, if it is told so, and what the program says of the work', async () => {
    const [folder, elsewhere] = [folderOf(), folderOf()];
    const store = checkpointFile(join(elsewhere, 'a.journal'));
    const ranges = () => resume(store, from(plan), { table: 'ks.t' });
    await written(unload({ folder, checkpoint: store }, {}, { ranges: ranges() }).pipe(take(2)));
    expect(existsSync(join(folder, 'rxcql.journal'))).toBe(false);
    await written(unload({ folder, checkpoint: store }, {}, { ranges: ranges() }));
    expect(linesIn(folder).sort()).toEqual(all);
    expect(manifestOf(folder)).toMatchObject({ header: { table: 'ks.t' }, rows: 100 });
    const other = await failureOf(resume(store, from(plan), { table: 'ks.u' }));
    expect(other).toMatchObject({ code: 'ERR_RXCQL_CHECKPOINT' });
    expect(other.message).toContain('table differ');
  });

  it('refuses other columns, another kind of file, and ranges that it has', async () => {
    const folder = folderOf();
    await written(unload({ folder }, {}, { ranges: plan.slice(0, 5) }));
    const before = readdirSync(folder);
    const rest = (): Observable<Page> => scan(tokenTable({ rows }).session, 'ks.t', { ranges: left(folder) });
    const again = unload({ folder });
    for (const [source, text] of [
      [rest().pipe(toCsv({ folder }, { columns: { id: 'int' } })), 'of id int, token bigint ('],
      [rest().pipe(toCsv({ folder }, { columns: { id: 'int', token: 'varint' } })), 'token varint'],
      [rest().pipe(toCsv({ folder, compress: 'gzip' }, { columns })), 'part-*.csv.gz'],
      [rest().pipe(toCsv({ folder }, { columns, delimiter: ';' })), '"delimiter":";"'],
      [rest().pipe(toCsv({ folder }, { columns, header: false })), '"header":false'],
      [rest().pipe(toCsv({ folder }, { columns, nullText: 'NULL' })), '"nullText":"NULL"'],
      [again, 'in the files of'],
    ] as const) {
      const error = await failureOf(source);
      expect(error).toMatchObject({ code: 'ERR_RXCQL_CHECKPOINT' });
      expect(error.message).toContain(text);
    }
    expect(readdirSync(folder).filter((file) => file !== 'manifest.json')).toEqual(before.filter((file) => file !== 'manifest.json')); // prettier-ignore
    await written(unload({ folder }, {}, { ranges: left(folder) }));
    expectWhole(folder);
  });

  it('refuses a type that has the same name and other fields', async () => {
    const folder = folderOf();
    const address = (field: string) => [
      { name: 'a', type: 'address', keyspace: 'ks', table: 't', cqlType: { kind: 'udt', keyspace: 'ks', name: 'address', fields: [{ name: field, type: { kind: 'text' } }] } }, // prettier-ignore
    ];
    const page = (of: TokenRange, field: string) => scanPage(of, [{ a: { [field]: 'b' } }], {}, address(field));
    await written(of(page(range(0n, 5n), 'street')).pipe(toCsv({ folder })));
    const error = await failureOf(of(page(range(5n, 9n), 'road')).pipe(toCsv({ folder })));
    expect(error).toMatchObject({ code: 'ERR_RXCQL_CHECKPOINT' });
    expect(error.message).toContain('a address');
  });

  it('refuses a folder whose files no journal knows, unless they may be replaced', async () => {
    const folder = folderOf();
    await written(unload({ folder }));
    rmSync(join(folder, 'rxcql.journal'));
    const error = await failureOf(unload({ folder }));
    expect(error).toMatchObject({ code: 'ERR_RXCQL_FILE', file: folder });
    expect(error.message).toContain('that no journal knows');
    expect(linesIn(folder).sort()).toEqual(all);
    // Those of another kind would be read together with them.
    const kinds = ['csv.gz', 'ndjson', 'parquet'].map((kind) => `part-${'0'.repeat(20)}-${'1'.repeat(20)}.${kind}`);
    for (const file of kinds) writeFileSync(join(folder, file), '');
    await written(unload({ folder }, {}, { overwrite: true, ranges: left(folder) }));
    expectWhole(folder);
    for (const file of kinds) {
      const other = folderOf();
      writeFileSync(join(other, file), '');
      expect((await failureOf(unload({ folder: other }))).message).toContain('that no journal knows');
    }
  });

  it('refuses a folder in which a file has changed, or gone', async () => {
    const folder = folderOf();
    await written(unload({ folder }, {}, { ranges: plan.slice(0, 6) }));
    const file = join(folder, filesIn(folder)[0]!);
    const bytes = readFileSync(file);
    for (const change of [() => appendFileSync(file, 'x'), () => rmSync(file)]) {
      change();
      const error = await failureOf(unload({ folder }, {}, { ranges: left(folder) }));
      expect(error).toMatchObject({ code: 'ERR_RXCQL_CHECKPOINT' });
      expect(error.message).toContain('is not there any more as it was written');
    }
    writeFileSync(file, bytes);
    await written(unload({ folder }, {}, { ranges: left(folder) }));
    expectWhole(folder);
  });

  it('errors when the journal cannot be written: what it does not have is not committed', async () => {
    const folder = folderOf();
    const store = checkpointFile(join(folder, 'rxcql.journal'));
    let appended = 0;
    const full = {
      read: () => store.read(),
      rewrite: (...given: Parameters<typeof store.rewrite>) => store.rewrite(...given),
      append: (...given: Parameters<typeof store.append>) =>
        ++appended > 4 ? expect.fail('full') : store.append(...given),
      close: () => store.close(),
    };
    expect((await failureOf(unload({ folder, checkpoint: full }))).message).toBe('full');
    expect(journalOf(folder).length).toBe(4);
    await written(unload({ folder }, {}, { ranges: left(folder) }));
    expectWhole(folder);
  });

  it('cannot begin in what is no folder', async () => {
    const folder = folderOf();
    writeFileSync(join(folder, 'a'), '');
    expect(await failureOf(unload({ folder: join(folder, 'a') }))).toMatchObject({ code: 'ERR_RXCQL_FILE' });
  });
});
