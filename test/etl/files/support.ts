import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Column, Page } from 'rxcql';
import { type Advanced, ScanPage, type TokenRange } from 'rxcql/etl';
import { afterEach } from 'vitest';
import { ArrayRows } from '../../../src/operators/array-rows.js';
import { rangeId, RING_SIZE, tokensIn } from '../../../src/etl/token-range.js';

export interface Item {
  readonly id: number;
  readonly name: string | null;
}

export const COLUMNS: readonly Column[] = columnsOf({ id: 'int', name: 'text' });

export function columnsOf(types: Readonly<Record<string, string>>): Column[] {
  return Object.entries(types).map(([name, type]) => ({ name, type, keyspace: 'ks', table: 't' }));
}

export const item = (id: number): Item => ({ id, name: id % 3 === 0 ? null : `name ${id}` });
export const items = (from: number, count: number): Item[] => Array.from({ length: count }, (_, i) => item(from + i));

export function pageOf<T>(rows: Iterable<T>, columns = COLUMNS): Page<T> {
  return new Page<T>(ArrayRows.from(rows), { columns });
}

export function range(start: bigint, end: bigint): TokenRange {
  return { id: rangeId(start, end), start, end, replicas: [], fraction: Number(tokensIn(start, end)) / Number(RING_SIZE) }; // prettier-ignore
}

export function scanPage<T>(
  of: TokenRange,
  rows: Iterable<T>,
  { seq = 0, lastOfRange = true, error }: Partial<Advanced> & { error?: Error } = {},
  columns = COLUMNS,
): ScanPage<T> {
  const place = { range: of, seq, lastOfRange, upto: lastOfRange ? of.end : of.start, ...(error && { error }) };
  return new ScanPage<T>(ArrayRows.from(rows), { columns }, place);
}

/** A folder for each test. */
export function temporaryFolders(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'rxcql-files-'));
    made.push(folder);
    return folder;
  };
}

/** The lines of all CSV files of a folder, without their headers. */
export function linesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => /\.csv(\.gz)?$/.test(file))
    .flatMap((file) => {
      const bytes = readFileSync(join(folder, file));
      const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
      return text.trimEnd().split('\n').slice(1);
    });
}
