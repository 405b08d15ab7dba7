import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { tokenTable } from '../support/token-table.js';
import { closable, rxcql } from './support.js';

const root = mkdtempSync(join(tmpdir(), 'rxcql-journal-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
let folder: string;
let journal: string;
beforeEach(() => {
  folder = join(root, `${count++}`);
  journal = join(folder, 'rxcql.journal');
});

const unload = (...more: string[]) =>
  rxcql(['unload', '-k', 'ks', '-t', 't', '--url', folder, ...more], { session: closable(tokenTable().session) });

describe('an unload that was begun before', () => {
  it('is refused, and says how it is gone on with, and how it is begun anew', async () => {
    expect((await unload()).code).toBe(0);
    const { code, err } = await unload();
    expect(code).toBe(3);
    expect(err).toContain(`"rxcql resume ${folder}" goes on with what is left of it; --overwrite begins it anew`);
    expect((await unload('--overwrite')).code).toBe(0);
  });

  it('is known also where none of it was done, since there may be the beginnings of files', async () => {
    expect((await unload()).code).toBe(0);
    writeFileSync(journal, '{"unload":"SELECT","form":"[]","(files)":"{}"}\n');
    const { code, err } = await unload();
    expect([code, err]).toEqual([3, expect.stringContaining('it was begun before')]);
    expect(existsSync(journal)).toBe(true);
  });

  it('is none where there are no files of it: another one may be begun', async () => {
    expect((await unload()).code).toBe(0);
    for (const file of readdirSync(folder)) rmSync(join(folder, file));
    writeFileSync(journal, '{"unload":"another one","form":"[]"}\n');
    expect((await unload()).code).toBe(0);
  });

  it('makes no folder for files that cannot be', async () => {
    const { code, err } = await unload('--format=parquet', '--compress=gzip');
    expect([code, err]).toEqual([3, expect.stringContaining('Parquet files are compressed in themselves')]);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('a copy', () => {
  const copy = (...more: string[]) =>
    rxcql(['copy', '-k', 'ks', '-t', 't', ...more], { session: closable(tokenTable().session) });

  it.each([[[]], [['--to-table=t']], [['--to-keyspace=ks', '--dry-run']], [['--workers=2']]])(
    'onto the table itself is refused: %j',
    async (more) => {
      const { code, err } = await copy(...more);
      expect([code, err]).toEqual([3, expect.stringContaining('would be copied onto itself: say --to-keyspace')]);
    },
  );
});

it('calls options as they are called here', async () => {
  const file = `${folder}.csv`;
  writeFileSync(file, '');
  const { err } = await rxcql(['unload', '-k', 'ks', '-t', 't', '--url', file], {
    session: closable(tokenTable().session),
  });
  expect(err).toContain('--overwrite');
  expect(err).not.toContain('the option "overwrite"');
});
