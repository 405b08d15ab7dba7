import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Listening } from '../canned/main.js';
import { KEYSPACE } from '../statements.js';
import { TABLES } from '../tables.js';
import { checkUnloaded } from './checks.js';
import { writeCsv } from './csv-rows.js';
import { measureProcess, type Measured } from './measured-process.js';
import type { EtlBenchOptions } from './options.js';
import type { EtlResults } from './results.js';
import { toldRound } from './told-round.js';
import { rxcql } from './tools/rxcql.js';
import type { EtlResult, Format, Place, Work } from './works.js';

const ROWS = 1_000_000;
const ROUNDS = 3;
const SIZES = [100_000, 1_000_000, 5_000_000];

type Results = Pick<EtlResults, 'versions' | 'sections'>;
const versions = { rxcql: rxcql.version };

/** The command with a server that has next to nothing to do. */
export async function measureCanned({ works, rows = ROWS, rounds = ROUNDS }: EtlBenchOptions, folder: string) {
  const file = join(folder, 'rows.csv');
  await writeCsv(file, rows);
  return withCannedServer(rows, async (place): Promise<Results> => {
    const results: EtlResult[] = [];
    for (const work of works) {
      const all: Measured[] = [];
      for (let round = 0; round < rounds; round++) all.push(await measure(work, 'csv', place, file, rows, folder));
      results.push({ work, tool: 'rxcql', format: 'csv', rows, rounds: all });
    }
    return { versions, sections: { canned: results } };
  });
}

/** The same with tables of several sizes, of which the memory is to be the same; in both formats. */
export async function measureMemory({ works, rows: only }: EtlBenchOptions, folder: string): Promise<Results> {
  const results: EtlResult[] = [];
  for (const rows of only === undefined ? SIZES : [only]) {
    await withCannedServer(rows, async (place) => {
      for (const format of ['csv', 'parquet'] as const) {
        const file = join(folder, `rows.${format}`);
        if (format === 'csv') await writeCsv(file, rows);
        else await measureProcess(rxcql.unload(place, file));
        for (const work of works) {
          const measured = await measure(work, format, place, file, rows, folder);
          results.push({ work, tool: 'rxcql', format, rows, rounds: [measured] });
        }
        rmSync(file);
      }
    });
  }
  return { versions, sections: { memory: results } };
}

async function measure(work: Work, format: Format, place: Place, file: string, rows: number, folder: string) {
  const target = join(folder, `unloaded.${format}`);
  const measured = await measureProcess(work === 'load' ? rxcql.load(place, file) : rxcql.unload(place, target));
  if (work === 'unload' && format === 'csv') await checkUnloaded(target, rows);
  rmSync(target, { force: true });
  console.log(toldRound(work, `${format}, ${rows.toLocaleString('en-US')} rows`, rows, measured));
  return measured;
}

/** The server whose answers are made beforehand, in a process of its own, with a table of so many rows. */
async function withCannedServer<T>(rows: number, use: (place: Place) => Promise<T>): Promise<T> {
  const path = fileURLToPath(new URL('../canned/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', path, '--rows', String(rows)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const line = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
    const { contactPoint } = JSON.parse(line) as Listening;
    const [host, port] = contactPoint.split(':') as [string, string];
    return await use({
      host,
      port: Number(port),
      localDataCenter: 'datacenter1',
      keyspace: KEYSPACE,
      table: TABLES.readings.name,
    });
  } finally {
    child.stdin.end();
  }
}
