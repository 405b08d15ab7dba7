import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { concatMap, lastValueFrom, map, type Observable, Subject, take, takeUntil, toArray } from 'rxjs';
import { pagesFrom } from 'rxcql';
import { BadRecord, type CsvReadOptions, FileError, type FilePage, type FileSource, fromCsv, toCsv } from 'rxcql/etl';
import { afterAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../support/served-session.js';

const folder = mkdtempSync(join(tmpdir(), 'rxcql-csv-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
/** The path of a new file. */
function fileOf(content: string | Uint8Array, extension = 'csv'): string {
  const path = join(folder, `${files++}.${extension}`);
  writeFileSync(path, content);
  return path;
}

/** All records, with their lines. */
async function read(source: FileSource, options: CsvReadOptions = {}): Promise<[line: number, record: unknown][]> {
  const pages = fromCsv(source, { onBadRecord: 'emit', ...options });
  return lastValueFrom(pages.pipe(concatMap(recordsOf), toArray()));
}

const recordsOf = (page: FilePage<unknown>): [line: number, record: unknown][] =>
  page.toArray().map((record, row) => [page.positionOf(row).line, record]);

/** Records alone, of a text that comes in pieces of so many characters. */
async function parse(text: string, options?: CsvReadOptions, size = text.length): Promise<unknown[]> {
  return (await read(() => piecesOf(text, size), options)).map(([, record]) => record);
}

async function* piecesOf(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
}

const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

const bad = (line: number, reason: string, text: string, file = '(stream)'): [number, BadRecord] => [line, new BadRecord(reason, { file, line }, text)]; // prettier-ignore

describe('fromCsv()', () => {
  it('emits records by the names of the header, and null for what is empty', async () => {
    expect(await parse('id,note\n1,a\n2,\n3,""\n')).toEqual([
      { id: '1', note: 'a' },
      { id: '2', note: null },
      { id: '3', note: '' },
    ]);
  });

  it('says in which line each record begins', async () => {
    const text = 'id,note\n1,"a\nb"\n\n2,"c\r\n\r\nd"\r\n3,e';
    expect(await read(() => piecesOf(text, 7))).toEqual([
      [2, { id: '1', note: 'a\nb' }],
      [5, { id: '2', note: 'c\r\n\r\nd' }],
      [8, { id: '3', note: 'e' }],
    ]);
  });

  it.each<[what: string, text: string, records: unknown[]]>([
    ['a file without anything', '', []],
    ['nothing but a header', 'a,b\n', []],
    ['a header without a newline', 'a,b', []],
    ['a mark at the beginning', '\ufeffa\nx\n', [{ a: 'x' }]],
    ['CR LF', 'a,b\r\n1,\r\n"2","x"\r\n', [{ a: '1', b: null }, { a: '2', b: 'x' }]], // prettier-ignore
    ['a CR that is data', 'a,b\n1,"x\r"\r\n2,"\r"\n', [{ a: '1', b: 'x\r' }, { a: '2', b: '\r' }]], // prettier-ignore
    ['quotes', 'a,"b ""c"""\n"1 ""2""",""""\n', [{ a: '1 "2"', 'b "c"': '"' }]],
    ['a quote within a field', 'a,b\n5" x,y"z\n', [{ a: '5" x', b: 'y"z' }]],
    ['delimiters and newlines in fields', 'a,b\n",","\n"\n', [{ a: ',', b: '\n' }]],
    ['emoji and tabs', 'a,b\n😀👩‍👧,"\t"\n', [{ a: '😀👩‍👧', b: '\t' }]],
    ['lines without anything', '\n\na,b\n\n1,2\n\n', [{ a: '1', b: '2' }]],
    ['nulls of a single column', 'a\n\n""\nx\n', [{ a: null }, { a: '' }, { a: 'x' }]],
    ['names that objects have', 'constructor,__proto__\n1,2\n', [JSON.parse('{"constructor": "1", "__proto__": "2"}')]],
    ['nulls beside quoted fields', 'a,b,c\n"",,"x"\n"""",, \n"" ,"",""\n', [
      { a: '', b: null, c: 'x' },
      { a: '"', b: null, c: ' ' },
      { a: '', b: '', c: '' },
    ]],
  ])('reads %s, in pieces of whatever size', async (_, text, records) => {
    for (const size of [1, 2, 3, 5, 8, 1_000]) expect(await parse(text, {}, size)).toEqual(records);
  }); // prettier-ignore

  it('reads what is written, in pieces of whatever size', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', 'a', '😀') }),
    );
    const rows = fc.array(fc.array(fc.option(text), { minLength: 3, maxLength: 3 }), { maxLength: 8 });
    const written = (value: string | null): string => (value === null ? '' : `"${value.replaceAll('"', '""')}"`);
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 40 }), async (records, size) => {
        const csv = records.map((fields) => fields.map(written).join(',') + '\n').join('');
        expect(await parse(csv, { header: false }, size)).toEqual(records);
        const found = await read(Readable.from(cut(Buffer.from(csv), size)), { header: false });
        expect(found.map(([, record]) => record)).toEqual(records);
      }),
      { numRuns: 50 },
    );
  });

  it('has options for what files look like', async () => {
    expect(await parse('a\tb\n1\t2\n', { delimiter: '\t' })).toEqual([{ a: '1', b: '2' }]);
    expect(await parse("a,b\n'1,',''\n", { quote: "'" })).toEqual([{ a: '1,', b: '' }]);
    expect(await parse('a,b\n"1,"\n', { quote: '' })).toEqual([{ a: '"1', b: '"' }]);
    expect(await parse('a,b\n"\\"1\\"",""\n', { escape: '\\' })).toEqual([{ a: '"1"', b: '' }]);
    expect(await parse('1,\n,""\n', { header: false })).toEqual([['1', null], [null, '']]); // prettier-ignore
    expect(await parse('1,\n', { header: ['x', 'y'] })).toEqual([{ x: '1', y: null }]);
    const nulls = { nulls: ['NULL', '\\N'] };
    expect(await parse('a,b,c\nNULL,\\N,\n"NULL","",x\n', nulls)).toEqual([{ a: null, b: null, c: '' }, { a: 'NULL', b: '', c: 'x' }]); // prettier-ignore
    const commented = '# "one\na,b\n# two\n#\n1,"#"\n2,3\n# end';
    for (const size of [1, 4, 100]) {
      expect(await read(() => piecesOf(commented, size), { comment: '#' })).toEqual([
        [5, { a: '1', b: '#' }],
        [6, { a: '2', b: '3' }],
      ]);
    }
    const numbers = 'n\n' + Array.from({ length: 10 }, (_, i) => i).join('\n');
    const some = await parse(numbers, { skip: 3, limit: 4, pageSize: 2 });
    expect(some).toEqual([{ n: '3' }, { n: '4' }, { n: '5' }, { n: '6' }]);
    expect(await parse(numbers, { limit: 0 })).toEqual([]);
    expect(await parse(numbers, { skip: 20 })).toEqual([]);
  });

  it('has a bad record in the place of what cannot be read, and reads on', async () => {
    const text = Buffer.concat([
      Buffer.from('a,b\n1,2\n1\n1,2,3\n"1"x,"2"\n5,6\n"1,2\n7,'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('\n8,\ufffd\n'),
    ]);
    for (const size of [1, 10, 100]) {
      expect(await read(Readable.from(cut(text, size)))).toEqual([
        [2, { a: '1', b: '2' }],
        bad(3, 'It has 1 fields in place of 2.', '1'),
        bad(4, 'It has 3 fields in place of 2.', '1,2,3'),
        bad(5, 'It has characters behind the quote that closes a field.', '"1"x,"2"'),
        [6, { a: '5', b: '6' }],
        bad(7, 'It has a quote that is not closed.', '"1,2'),
        bad(8, 'It has bytes that are no UTF-8.', '7,\ufffd\ufffd'),
        [9, { a: '8', b: '\ufffd' }],
      ]);
    }
  });

  it('errors at a record that cannot be read, after what came before', async () => {
    const path = fileOf('a,b\n1,2\n3\n4,5\n');
    const rows: unknown[] = [];
    const error = await failureOf(fromCsv(path).pipe(map((page) => rows.push(...page.toArray()))));
    expect(rows).toEqual([{ a: '1', b: '2' }]);
    expect(error).toBeInstanceOf(FileError);
    expect(error).toMatchObject({
      code: 'ERR_RXCQL_FILE',
      message: `Line 3 of ${path} cannot be read. It has 1 fields in place of 2.`,
      file: path,
      line: 3,
    });
  });

  it.each([
    ['a,b,a\n', 'column 3 has the name of another'],
    ['a,\n1,2\n', 'column 2 has no name'],
  ])('errors at a header that cannot be used: %j', async (text, reason) => {
    const path = fileOf(text);
    const error = await failureOf(fromCsv(path, { onBadRecord: 'emit' }));
    expect(error).toMatchObject({ code: 'ERR_RXCQL_FILE', message: `The header of ${path} cannot be used: ${reason}.` }); // prettier-ignore
  });

  it.each<CsvReadOptions>([
    { comment: '' },
    { comment: '#\n' },
    { delimiter: '"', quote: "'" },
    { comment: '"', quote: "'" },
    { delimiter: '#', comment: '#' },
    { delimiter: '#', comment: '##' },
    { quote: '#', comment: '##' },
  ])('refuses what would have two meanings: %j', async (options) => {
    const error = await failureOf(fromCsv(() => piecesOf('a\n1\n', 1), options));
    expect(error).toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' });
  });

  it('reads the nulls of a single column, without a header too', async () => {
    const single = fc.array(fc.option(fc.constantFrom('', 'a', '\n', '"')), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(single, fc.boolean(), fc.constantFrom('\n', '\r\n'), async (values, header, eol) => {
        const file = join(folder, `${files++}.csv`);
        const rows = values.map((a) => ({ a }));
        await lastValueFrom(pagesFrom(rows).pipe(toCsv(file, { columns: { a: 'text' }, header, eol }))); // prettier-ignore
        const found = await read(file, { header });
        expect(found.map(([, record]) => record)).toEqual(header ? rows : values.map((a) => [a]));
      }),
      { numRuns: 50 },
    );
    expect(await read(() => piecesOf('\n\r\nx\n\n', 1), { header: false })).toEqual([1, 2, 3, 4].map((line) => [line, [line === 3 ? 'x' : null]])); // prettier-ignore
    // Of two columns, they are lines without anything.
    expect(await read(() => piecesOf('\n\r\nx,y\n\n', 1), { header: false })).toEqual([[3, ['x', 'y']]]);
  });

  it('does not hold a line of 1 GB in memory, nor a quoted field', async () => {
    const piece = Buffer.alloc(1 << 20, 'x');
    let most = 0;
    async function* long(first: string, megabytes: number): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`a\n${first}`);
      for (let i = 0; i < megabytes; i++) {
        most = Math.max(most, process.memoryUsage.rss());
        yield await Promise.resolve(piece);
      }
      yield Buffer.from('\nb\n');
    }
    const before = process.memoryUsage.rss();
    for (const [first, megabytes] of [
      ['x', 1_024],
      ['"', 200],
    ] as const) {
      const records = await read(() => long(first, megabytes), { maxRecordBytes: 1 << 22 });
      expect(records).toEqual([bad(2, 'It is longer than 4194304 bytes.', first.padEnd(1_024, 'x')), [3, { a: 'b' }]]);
    }
    expect(most - before).toBeLessThan(200e6);
  }, 30_000);

  it('takes a record of exactly as many bytes as it may have', async () => {
    const options = { maxRecordBytes: 6, header: false };
    const long = 'It is longer than 6 bytes.';
    expect(await read(() => piecesOf('ééé\nabcdef\n"a\nb"\nx', 3), options)).toEqual([
      [1, ['ééé']],
      [2, ['abcdef']],
      [3, ['a\nb']],
      [5, ['x']],
    ]);
    expect(await read(() => piecesOf('éééa\nabcdefg\n"a\nbcd"\nx', 3), options)).toEqual([
      bad(1, long, 'éééa'),
      bad(2, long, 'abcdefg'),
      bad(3, long, '"a\nbcd"'),
      [5, ['x']],
    ]);
  });

  it('goes on behind a quote that is not closed, however much follows', async () => {
    const lines = Array.from({ length: 2_000 }, (_, i) => `${i}`);
    lines[2] = '"2';
    const records = await parse(lines.join('\n'), { header: false, maxRecordBytes: 1_000 }, 100);
    expect(records.filter((record) => record instanceof BadRecord).map(({ line }) => line)).toEqual([3]);
    expect(records.length).toBe(2_000);
  });
});

describe('the files of fromCsv()', () => {
  const rows = (source: FileSource, options?: CsvReadOptions) =>
    lastValueFrom(
      fromCsv(source, options).pipe(
        map((page) => page.toArray().map((row, i) => [page.file, page.positionOf(i).line, row['n']])),
        concatMap((records) => records),
        toArray(),
      ),
    );

  it('are one, several, or all of a folder, compressed or not', async () => {
    const dir = join(folder, 'all');
    mkdirSync(dir);
    const [a, b, c] = ['a.csv', 'b.csv.gz', 'c.csv'].map((name) => join(dir, name)) as [string, string, string];
    writeFileSync(a, 'n\n1\n2\n');
    writeFileSync(b, gzipSync('n\n3\n'));
    writeFileSync(c, '');
    for (const other of ['manifest.json', 'rxcql.journal', 'd.csv.tmp', 'e.ndjson'])
      writeFileSync(join(dir, other), 'x');
    const all = [
      [a, 2, '1'],
      [a, 3, '2'],
      [b, 2, '3'],
    ];
    expect(await rows(dir)).toEqual(all);
    expect(await rows([b, a])).toEqual([all[2], all[0], all[1]]);
    expect(await rows(a, { skip: 1 })).toEqual([all[1]]);
    expect(await rows(() => Readable.from([gzipSync('n\n4\n')]), { compress: 'gzip' })).toEqual([['(stream)', 2, '4']]);
  });

  it('know how much of them has been read', async () => {
    const [a, b] = [fileOf('n\n1\n'), fileOf('n\n22\n')];
    const places = await lastValueFrom(fromCsv([a, b]).pipe(map((page) => (page.skip(), page.positionOf(0))), toArray())); // prettier-ignore
    expect(places.map(({ offset, size }) => [offset, size])).toEqual([[4, 9], [9, 9]]); // prettier-ignore
    expect(JSON.stringify(places[1])).toBe(JSON.stringify({ file: b, line: 2 }));
  });

  it('are refused where they are not there, or are not what their names say', async () => {
    const none = join(folder, 'none.csv');
    expect(await failureOf(fromCsv(none))).toMatchObject({
      code: 'ERR_RXCQL_FILE',
      file: none,
      cause: { code: 'ENOENT' },
    });
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect(await failureOf(fromCsv(empty))).toMatchObject({ message: `The folder ${empty} has no files *.csv.` });
    for (const name of ['a.parquet', 'b.parquet', 'c.ndjson.gz', 'd.txt']) writeFileSync(join(empty, name), '');
    expect(await failureOf(fromCsv(empty))).toMatchObject({
      message: `The folder ${empty} has no files *.csv, but 1 *.ndjson and 2 *.parquet.`,
    });
    const no = fileOf('n\n1\n', 'csv.gz');
    expect(await failureOf(fromCsv(no))).toMatchObject({ code: 'ERR_RXCQL_FILE', message: expect.stringContaining('incorrect header check'), line: 1 }); // prettier-ignore
    expect(await failureOf(fromCsv(5 as never))).toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' });
    expect(await failureOf(fromCsv(none, { delimiter: '' }))).toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' });
    expect(await failureOf(fromCsv(none, { delimiter: '"' }))).toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' });
    expect(await failureOf(fromCsv(none, { seperator: ';' } as never))).toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' }); // prettier-ignore
  });

  it('are read as far as they go: what is compressed may end too early', async () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `${i},${Math.random()}`).join('\n');
    const whole = gzipSync(`n,m\n${lines}\n`);
    const path = fileOf(whole.subarray(0, whole.length / 2), 'csv.gz');
    let count = 0;
    const error = await failureOf(fromCsv(path).pipe(map((page) => (count += page.toArray().length))));
    expect(error).toMatchObject({
      code: 'ERR_RXCQL_FILE',
      file: path,
      line: count + 2,
      cause: { code: 'Z_BUF_ERROR' },
    });
    expect(count).toBeGreaterThan(10_000);
  });

  const hasZstd = 'createZstdCompress' in process.getBuiltinModule('zlib');
  it.runIf(!hasZstd)('say it where this version of Node.js cannot read zstd', async () => {
    const path = fileOf('x', 'csv.zst');
    expect(await failureOf(fromCsv(path))).toMatchObject({
      code: 'ERR_RXCQL_FILE',
      message: `${path} is compressed by zstd, which takes Node.js 22.15, 23.8 or later.`,
    });
  });

  it.runIf(hasZstd)('are read where they are compressed by zstd', async () => {
    const { zstdCompressSync } = process.getBuiltinModule('zlib') as unknown as { zstdCompressSync: typeof gzipSync };
    const path = fileOf(zstdCompressSync('n\n1\n'), 'csv.zst');
    expect(await rows(path)).toEqual([[path, 2, '1']]);
  });
});

describe('the demand of fromCsv()', () => {
  const big = fileOf('n\n' + Array.from({ length: 100_000 }, (_, i) => i).join('\n'));
  const isOpen = (): boolean => openFiles().includes(big);

  it('reads on when the page before has been read', async () => {
    let chunks = 0;
    async function* source(): AsyncGenerator<string> {
      yield 'n\n';
      for (;;) {
        chunks++;
        yield await Promise.resolve('1\n'.repeat(10));
      }
    }
    const pages: FilePage<unknown>[] = [];
    const stop = new Subject<void>();
    fromCsv(source, { pageSize: 10 })
      .pipe(takeUntil(stop))
      .subscribe((page) => pages.push(page));
    await turns();
    expect([pages.length, chunks]).toEqual([1, 1]);
    pages[0]!.skip();
    await turns();
    expect([pages.length, chunks]).toEqual([2, 2]);
    stop.next();
    pages[1]!.skip();
    await turns();
    expect([pages.length, chunks]).toEqual([2, 2]);
  });

  it('has one page more than was read of a file, and closes it when it is left', async () => {
    const pages: FilePage<unknown>[] = [];
    const subscription = fromCsv(big).subscribe((page) => pages.push(page));
    await turns();
    expect([pages.length, isOpen()]).toEqual([1, true]);
    subscription.unsubscribe();
    await turns();
    expect(isOpen()).toBe(false);
    pages[0]!.skip();
    await turns();
    expect(pages.length).toBe(1);
  });

  it.each<[what: string, end: (pages: Observable<FilePage<unknown>>) => Observable<unknown>]>([
    ['at its end', (pages) => pages],
    ['when enough has come', (pages) => pages.pipe(take(2))],
    ['when what reads it fails', (pages) => pages.pipe(map(() => expect.fail('mine')))],
  ])('closes a file %s', async (_, end) => {
    const all = end(fromCsv(big)).pipe(map((page) => (page as FilePage<unknown>).skip()));
    await lastValueFrom(all).catch(() => undefined);
    await turns();
    expect(isOpen()).toBe(false);
  });

  it('is cold: a file and what a function makes are read at each subscription', async () => {
    const pages = fromCsv<{ n: string }>(big, { limit: 1 });
    for (let i = 0; i < 2; i++) {
      const page = await lastValueFrom(pages);
      expect([page.toArray(), page.hasMorePages]).toEqual([[{ n: '0' }], false]);
    }
  });
});

/** Enough for a file to be opened, read or closed. */
function turns(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}
