import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { tokenTable } from '../../support/token-table.js';
import { closable, rxcql } from '../support.js';

const folder = mkdtempSync(join(tmpdir(), 'rxcql-shards-'));
let count = 0;
let path: string;
beforeEach(() => {
  path = join(folder, `${count++}`);
  mkdirSync(path);
});
afterAll(() => rmSync(folder, { recursive: true }));

const digits = `${'0'.repeat(20)}-${'1'.repeat(20)}`;
const put = (...files: string[]): void => files.forEach((file) => writeFileSync(join(path, file), ''));
/** There are no rows: what is to be seen is what is done before any are read. */
const unload = (...more: string[]) =>
  rxcql(['unload', '-k', 'ks', '-t', 't', '--url', path, ...more], { session: closable(tokenTable().session) });

describe('a folder that was unloaded to by other shards', () => {
  it.each([
    [`shard-0-of-4-${digits}.csv`, ['--shard=0/2']],
    [`shard-0-of-4-${digits}.csv`, []],
    [`shard-0-of-4-${digits}.csv`, ['--workers=2']],
    [`shard-0-of-2-${digits}.csv`, ['--workers=2', '--shard=0/2', '--resume']],
    [`part-${digits}.ndjson.gz`, ['--shard=1/2', '--resume']],
  ])('is refused: %s, then %j', async (file, more) => {
    put(file);
    const { code, err } = await unload(...more);
    expect([code, err]).toEqual([3, expect.stringContaining('files of another division of the table, ')]);
    expect(readdirSync(path)).toContain(file);
  });

  it('is taken by those of the same division, each in its own time', async () => {
    put(`shard-1-of-2-${digits}.csv`, 'mine.csv');
    expect((await unload('--shard=0/2')).code).toBe(0);
    expect(readdirSync(path)).toEqual(expect.arrayContaining([`shard-1-of-2-${digits}.csv`, 'mine.csv']));
  });

  it('has nothing of theirs when it is to be replaced', async () => {
    const theirs = ['part', 'shard-1-of-4'].map((name) => `${name}-${digits}.csv`);
    put(...theirs, 'manifest.json', 'shard-1-of-4.manifest.json', 'rxcql.shard-1-of-4.journal', 'mine.csv');
    expect((await unload('--shard=0/2', '--overwrite')).code).toBe(0);
    expect(readdirSync(path).sort()).toEqual(['mine.csv', 'rxcql.shard-0-of-2.job.json', 'rxcql.shard-0-of-2.journal', 'shard-0-of-2.manifest.json']); // prettier-ignore
  });
});
