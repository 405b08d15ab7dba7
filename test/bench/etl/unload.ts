// How fast rows become files: a million rows of eight columns, from a server whose answers are made beforehand.
// `npm run build && npx tsx --tsconfig src/tsconfig.json test/bench/etl/unload.ts [-- --rows 1000000 --rounds 3]`
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { concatMap, defer, from, lastValueFrom, map, type Observable, take } from 'rxjs';
import type * as Rxcql from 'rxcql';
import type * as Etl from 'rxcql/etl';
import { SERVERS, type Target } from '../server.js';
import { scanOf } from '../statements.js';
import { TABLES } from '../tables.js';

// The built package is what is measured.
const dist = (file: string): Promise<unknown> => import(new URL(`../../../dist/${file}`, import.meta.url).href);
const { createSession } = (await dist('index.js')) as typeof Rxcql;
const { toCsv, toNdjson } = (await dist('etl/index.js')) as typeof Etl;

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '3' } },
});
/** Rows a second that are wanted, in CSV. */
const GOAL = 400_000;

const folder = mkdtempSync(join(tmpdir(), 'rxcql-bench-'));
const WAYS: Readonly<Record<string, (pages: Observable<Rxcql.Page>) => Observable<Etl.FileWritten | number>>> = {
  'rows alone': (pages) => pages.pipe(map((page) => page.toArray().length)),
  CSV: (pages) => pages.pipe(toCsv(join(folder, 'a.csv'), { overwrite: true })),
  NDJSON: (pages) => pages.pipe(toNdjson(join(folder, 'a.ndjson'), { overwrite: true })),
  'CSV, gzip': (pages) => pages.pipe(toCsv(join(folder, 'a.csv.gz'), { overwrite: true })),
};

async function run({ contactPoints, localDataCenter }: Target): Promise<void> {
  const session = createSession({ contactPoints, localDataCenter });
  await lastValueFrom(session.connect());
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const [name, way] of Object.entries(WAYS)) {
      const cpu = process.cpuUsage();
      const start = process.hrtime.bigint();
      const pages = session.query(scanOf(TABLES.readings, Number(values.rows)), [], { prepare: true });
      const last = await lastValueFrom(way(pages));
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      const used = process.cpuUsage(cpu);
      const rate = Number(values.rows) / seconds;
      const size = typeof last === 'number' ? '' : `, ${(last.bytes / last.rows).toFixed(0)} bytes a row`;
      const busy = ((used.user + used.system) / 1e6).toFixed(2);
      console.log(
        `${name.padEnd(12)} ${(rate / 1e6).toFixed(2)} M rows/s (${seconds.toFixed(2)} s, ${busy} s of CPU${size})`,
      );
      if (name === 'CSV' && round === Number(values.rounds) && rate < GOAL) process.exitCode = 1;
    }
  }
  await lastValueFrom(session.close());
}

try {
  await lastValueFrom(SERVERS.canned(1).pipe(concatMap((target) => defer(() => from(run(target)))), take(1))); // prettier-ignore
} finally {
  rmSync(folder, { recursive: true });
}
