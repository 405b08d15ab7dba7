import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { concatMap, lastValueFrom, map, toArray } from 'rxjs';
import { BadRecord, type FilePage, type FileReadOptions, type FileSource, fromNdjson } from 'rxcql/etl';
import { afterAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../support/served-session.js';

const folder = mkdtempSync(join(tmpdir(), 'rxcql-ndjson-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (source: FileSource, options: FileReadOptions = {}): Promise<[line: number, record: unknown][]> =>
  lastValueFrom(fromNdjson<unknown>(source, { onBadRecord: 'emit', ...options }).pipe(concatMap(recordsOf), toArray()));

const recordsOf = (page: FilePage<unknown>): [line: number, record: unknown][] =>
  page.toArray().map((record, row) => [page.positionOf(row).line, record]);

const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

const bad = (line: number, reason: string, text: string): [number, BadRecord] => [line, new BadRecord(reason, { file: '(stream)', line }, text)]; // prettier-ignore

describe('fromNdjson()', () => {
  it('emits the records of lines, and says which', async () => {
    const text = '\ufeff{"id":1,"note":"é😀\\n\\t"}\r\n\n{"id":2,"note":null}\n[3,"x"]';
    for (const size of [1, 3, 100]) {
      expect(await read(Readable.from(cut(Buffer.from(text), size)))).toEqual([
        [1, { id: 1, note: 'é😀\n\t' }],
        [3, { id: 2, note: null }],
        [4, [3, 'x']],
      ]);
    }
    expect(await read(Readable.from([]))).toEqual([]);
  });

  it('reads what is written, in pieces of whatever size', async () => {
    const record = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), async (records, size) => {
        const text = records.map((value) => `${JSON.stringify(value)}\n`).join('');
        const found = await read(Readable.from(cut(Buffer.from(text), size)));
        expect(found.map(([, value]) => JSON.stringify(value))).toEqual(records.map((value) => JSON.stringify(value)));
      }),
      { numRuns: 50 },
    );
  });

  it('has a bad record in the place of what cannot be read, and reads on', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":1}\n{"a":}\n5\nnull\n{"a":"'),
      Buffer.from([0xe2, 0x82]),
      Buffer.from(`"}\n{"a":"${'x'.repeat(30)}"}\n{"a":2}`),
    ]);
    for (const size of [1, 10, 100]) {
      expect(await read(Readable.from(cut(bytes, size)), { maxRecordBytes: 20 })).toEqual([
        [1, { a: 1 }],
        bad(2, 'It is no JSON.', '{"a":}'),
        bad(3, 'It is neither an object nor an array.', '5'),
        bad(4, 'It is neither an object nor an array.', 'null'),
        bad(5, 'It has bytes that are no UTF-8.', '{"a":"\ufffd"}'),
        [6, expect.objectContaining({ reason: 'It is longer than 20 bytes.', line: 6 })],
        [7, { a: 2 }],
      ]);
    }
  });

  it('errors at a record that cannot be read, after what came before', async () => {
    const path = join(folder, 'a.ndjson');
    writeFileSync(path, '{"a":1}\n{"a":2\n');
    const rows: unknown[] = [];
    const error = await failureOf(fromNdjson(folder).pipe(map((page) => rows.push(...page.toArray()))));
    expect(rows).toEqual([{ a: 1 }]);
    expect(error).toMatchObject({
      code: 'ERR_RXCQL_FILE',
      message: `Line 2 of ${path} cannot be read. It is no JSON.`,
      line: 2,
    });
    expect(await failureOf(fromNdjson(folder, { delimiter: ',' } as never))).toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' }); // prettier-ignore
  });

  it('does not hold a long line in memory', async () => {
    let most = 0;
    async function* long(): AsyncGenerator<string> {
      const piece = 'x'.repeat(1 << 20);
      for (let i = 0; i < 1_024; i++) {
        most = Math.max(most, process.memoryUsage.rss());
        yield await Promise.resolve(piece);
      }
      yield '\n{"a":1}\n';
    }
    const before = process.memoryUsage.rss();
    expect(await read(long(), { maxRecordBytes: 1 << 22 })).toEqual([
      bad(1, 'It is longer than 4194304 bytes.', 'x'.repeat(1_024)),
      [2, { a: 1 }],
    ]);
    expect(most - before).toBeLessThan(200e6);
  });
});
