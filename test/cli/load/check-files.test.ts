import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { rxcql } from '../support.js';

const folder = mkdtempSync(join(tmpdir(), 'rxcql-load-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = Buffer.from('id,total\n1,2\n');
const parquet = Buffer.from('PAR1 and more');
for (const [name, bytes] of Object.entries({
  'plain.csv': text,
  'packed.csv': gzipSync(text),
  'packed.csv.gz': gzipSync(text),
  'plain.csv.gz': text,
  'columns.csv': parquet,
  'columns.parquet': parquet,
  'rows.parquet': text,
  'empty.csv': Buffer.alloc(0),
})) {
  writeFileSync(at(name), bytes);
}
mkdirSync(at('empty'));

const load = (...args: string[]) => rxcql(['load', '-k', 'ks', '-t', 't', ...args]);

describe('rxcql load tells before it connects to anything that', () => {
  it.each<[what: string, args: string[], sentence: RegExp]>([
    ['a file is missing', ['--url', at('none.csv')], /none\.csv cannot be read: ENOENT/],
    ['a folder is missing', ['--url', at('none')], /none cannot be read: ENOENT/],
    ['a folder has no such files', ['--url', at('empty')], /The folder .*empty has no files \*\.csv\./],
    ['there is no such format', ['--url', at('plain.csv'), '--format', 'xml'], /--format/],
    ['there is no such format of the standard input', ['--format', 'xml'], /--format/],
    ['a file has columns', ['--url', at('columns.csv')], /columns\.csv is a Parquet file, and would be read as CSV: say --format parquet\./],
    ['a file has lines', ['--url', at('rows.parquet')], /rows\.parquet is no Parquet file/],
    ['a file is compressed', ['--url', at('packed.csv')], /packed\.csv is compressed by gzip: say --compress gzip/],
    ['a file is not compressed', ['--url', at('plain.csv.gz')], /plain\.csv\.gz is not compressed by gzip/],
    ['one of several is not what it is called', ['--url', folder], /\.csv/],
    ['for a dry run', ['--url', at('none.csv'), '--dry-run'], /none\.csv cannot be read: ENOENT/],
    ['for workers', ['--url', at('none.csv'), '--workers', '2'], /none\.csv cannot be read: ENOENT/],
  ])('%s', async (_, args, sentence) => {
    const { code, err, asked } = await load(...args);
    expect(err).toMatch(sentence);
    expect(code).toBe(3);
    expect(asked).toEqual([]);
  }); // prettier-ignore

  it.each([
    [at('plain.csv')],
    [at('packed.csv.gz')],
    [at('packed.csv'), '--compress', 'gzip'],
    [at('columns.parquet')],
    [at('columns.csv'), '--format', 'parquet'],
    [at('empty.csv')],
    ['-'],
  ])('nothing is wrong, of %s %s %s', async (...args) => {
    expect((await load('--url', ...args.filter((arg) => typeof arg === 'string'))).asked).toHaveLength(1);
  });
});
