import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { LoadJournal } from '../../../src/cli/load/load-journal.js';

const folder = mkdtempSync(join(tmpdir(), 'rxcql-load-journal-'));
const path = join(folder, 'load.journal');
afterAll(() => rmSync(folder, { recursive: true }));

it('knows how far files have come, also after a crash in the middle of a line', () => {
  const journal = new LoadJournal(path, { load: 'INSERT' });
  journal.done('a.csv', 10);
  journal.done('a.csv', 20);
  journal.done('b.csv', 5);
  // The first is on the disk at once, the others when a second is over, or now.
  expect(readFileSync(path, 'utf8')).toBe(
    `{"load":"INSERT"}\n${JSON.stringify({ file: resolve('a.csv'), line: 10 })}\n`,
  );
  journal.close();
  appendFileSync(path, '{"file":"b.csv","li');

  const again = new LoadJournal(path, { load: 'INSERT' });
  expect(['a.csv', 'b.csv', 'c.csv'].map((file) => again.lineOf(file))).toEqual([20, 5, 0]);
  expect(again.lineOf(resolve('a.csv'))).toBe(20);
  again.done('c.csv', 1);
  again.close();
  expect(new LoadJournal(path, { load: 'INSERT' }).lineOf('c.csv')).toBe(1);
});

it('refuses what is of another load, or no journal', () => {
  expect(() => new LoadJournal(path, { load: 'UPDATE' })).toThrow('it is of another load: load differ.');
  appendFileSync(path, 'no JSON\n');
  expect(() => new LoadJournal(path, { load: 'INSERT' })).toThrow('it has a line that is none of a journal.');
});

it('notes no more of a file of which something is to be done again', () => {
  const other = join(folder, 'other.journal');
  const journal = new LoadJournal(other, { load: 'INSERT' });
  journal.done('a.csv', 10);
  journal.leaveOpen('a.csv');
  journal.done('a.csv', 20);
  journal.done('b.csv', 5);
  journal.close();
  expect([journal.hasOpen, new LoadJournal(other, { load: 'INSERT' }).hasOpen]).toEqual([true, false]);
  const again = new LoadJournal(other, { load: 'INSERT' });
  expect(['a.csv', 'b.csv'].map((file) => again.lineOf(file))).toEqual([10, 5]);
});
