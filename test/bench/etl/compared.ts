import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { concatMap, defer, from, lastValueFrom, take } from 'rxjs';
import { createSession, type Session } from 'rxcql';
import { type CassandraCluster, startCassandra } from 'rxcql/testing';
import { CREATE_KEYSPACE, createTable, KEYSPACE } from '../statements.js';
import { TABLES } from '../tables.js';
import { calm } from './calm.js';
import { checkLoaded, checkUnloaded } from './checks.js';
import { writeCsv } from './csv-rows.js';
import { measureProcess, type Measured } from './measured-process.js';
import type { EtlBenchOptions } from './options.js';
import type { EtlResults } from './results.js';
import { toldRound } from './told-round.js';
import { dsbulk, DSBULK_HEAP } from './tools/dsbulk.js';
import { python } from './tools/python.js';
import { rxcql } from './tools/rxcql.js';
import type { EtlResult, Place, Tool, ToolName, Work } from './works.js';

const ROWS = 1_000_000;
const ROUNDS = 3;
const TABLE = TABLES.readings.name;

/** Each tool in turn, several times, on a node that is started for it. What fails, or leaves rows out, is not counted as fast. */
export function measureCompared(
  options: EtlBenchOptions,
  folder: string,
): Promise<Pick<EtlResults, 'versions' | 'sections'>> {
  const { host, port, storagePort } = options;
  // With the server compiler, memory enough, and a commit log for which no write waits, since it is the clients that are compared.
  const patience = { write_request_timeout: '60s', read_request_timeout: '60s', range_request_timeout: '60s' };
  const yaml = { commitlog_sync: 'periodic', commitlog_sync_period: '10s', auto_snapshot: false, ...patience };
  const server = startCassandra({ host, port, storagePort, heap: '4g', jvm: ['-XX:TieredStopAtLevel=4'], yaml });
  return lastValueFrom(server.pipe(concatMap((cluster) => defer(() => from(measureOn(cluster, options, folder)))), take(1))); // prettier-ignore
}

async function measureOn(
  { localDataCenter, contactPoints, nodes }: CassandraCluster,
  { works, tools: names, rows = ROWS, rounds = ROUNDS, host, port }: EtlBenchOptions,
  folder: string,
): Promise<Pick<EtlResults, 'versions' | 'sections'>> {
  const tools = await Promise.all(names.map((name) => MAKERS[name](folder)));
  const place: Place = { host, port, localDataCenter, keyspace: KEYSPACE, table: TABLE };
  const file = join(folder, 'rows.csv');
  await writeCsv(file, rows);
  const session = createSession({ contactPoints, localDataCenter });
  const flush = async (): Promise<void> => {
    await lastValueFrom(nodes[0]!.nodetool('flush'), { defaultValue: '' });
    await calm();
  };
  // Also what the server is warmed up by.
  await emptyTable(session);
  await measureProcess(rxcql.load(place, file));
  await checkLoaded(place, rows);
  await flush();

  const results: EtlResult[] = [];
  for (const work of works) {
    const measurements = new Map<Tool, Measured[]>(tools.map((tool) => [tool, []]));
    for (let round = 0; round < rounds; round++) {
      // Who begins changes, so that nobody always finds the server as the same one has left it.
      for (const tool of round % 2 === 0 ? tools : [...tools].reverse()) {
        try {
          const measured = await DO[work]({ tool, place, file, folder, rows, session, flush });
          console.log(toldRound(work, tool.name, rows, measured));
          measurements.get(tool)!.push(measured);
        } catch (error) {
          // It is no figure; those of the others are.
          console.error((error as Error).message);
          process.exitCode = 1;
        }
      }
    }
    for (const [tool, all] of measurements)
      if (all.length > 0) results.push({ work, tool: tool.name, format: 'csv', rows, rounds: all });
  }
  await lastValueFrom(session.close(), { defaultValue: undefined });
  const versions = Object.fromEntries(tools.map(({ name, version }) => [name, version]));
  return { versions: { ...versions, 'heap of dsbulk': DSBULK_HEAP }, sections: { compared: results } };
}

const MAKERS: Record<ToolName, (folder: string) => Promise<Tool>> = {
  rxcql: () => Promise.resolve(rxcql),
  dsbulk: (folder) => dsbulk(join(folder, 'logs')),
  Python: python,
};

interface Round {
  readonly tool: Tool;
  readonly place: Place;
  readonly file: string;
  readonly folder: string;
  readonly rows: number;
  readonly session: Session;
  readonly flush: () => Promise<void>;
}

const DO: Record<Work, (round: Round) => Promise<Measured>> = {
  unload: async ({ tool, place, folder, rows }) => {
    // One that takes it for a folder makes it.
    const target = join(folder, tool.name === 'dsbulk' ? 'unloaded' : 'unloaded.csv');
    if (existsSync(target)) rmSync(target, { recursive: true });
    await calm();
    const measured = await measureProcess(tool.unload(place, target));
    await checkUnloaded(target, rows);
    rmSync(target, { recursive: true });
    return measured;
  },
  load: async ({ tool, place, file, rows, session, flush }) => {
    await emptyTable(session);
    await flush();
    const measured = await measureProcess(tool.load(place, file));
    await checkLoaded(place, rows);
    return measured;
  },
};

async function emptyTable(session: Session): Promise<void> {
  for (const statement of [CREATE_KEYSPACE, createTable(TABLES.readings), `TRUNCATE ${KEYSPACE}.${TABLE}`]) {
    await lastValueFrom(session.execute(statement, [], { timeout: 60_000 }));
  }
}
