import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { concatMap, defer, from, lastValueFrom, map, mergeMap, Observable, of, range, repeat, switchMap } from 'rxjs';
import { createSession } from 'rxcql';
import { startCassandra } from 'rxcql/testing';
import type { Listening } from './canned/main.js';
import { CREATE_KEYSPACE, createTable, insertInto, pointReadOf, scanOf } from './statements.js';
import { ROWS_OF_CASSANDRA, type ServerKind } from './plan.js';
import { TABLES } from './tables.js';

/** What is measured against. */
export interface Target {
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
  /** Whose certificates are trusted, if connections are encrypted. */
  readonly ca?: string | undefined;
}

/** Answers that were made beforehand, in a process of its own. Leaving it ends the process. */
function cannedServer(nodes: number, isEncrypted: boolean): Observable<Target> {
  return new Observable((subscriber) => {
    const path = fileURLToPath(new URL('canned/main.ts', import.meta.url));
    const args = ['--import', 'tsx', path, '--nodes', String(nodes), ...(isEncrypted ? ['--tls'] : [])];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(child.stdout).once('line', (line) => {
      const { contactPoint, ca } = JSON.parse(line) as Listening;
      subscriber.next({ contactPoints: [contactPoint], localDataCenter: 'datacenter1', ca });
    });
    child.once('exit', (code) => subscriber.error(new Error(`The canned server has ended with ${code}.`)));
    return () => child.stdin.end();
  });
}

/**
 * The cluster that the environment names, or a node started here: with the server compiler, memory enough, and a commit log
 * for which no write waits, since it is the drivers that are compared.
 */
function cassandra(): Observable<Target> {
  const given = process.env['CASSANDRA_CONTACT_POINTS'];
  const yaml = { commitlog_sync: 'periodic', commitlog_sync_period: '10s' };
  const cluster: Observable<Target> =
    given === undefined
      ? startCassandra({ heap: '2g', jvm: ['-XX:TieredStopAtLevel=4'], yaml })
      : of({
          contactPoints: given.split(','),
          localDataCenter: process.env['CASSANDRA_LOCAL_DC'] ?? 'datacenter1',
        });
  return cluster.pipe(switchMap((target) => defer(() => from(fill(target))).pipe(map(() => target))));
}

export const SERVERS: Record<ServerKind, (nodes: number, isEncrypted?: boolean) => Observable<Target>> = {
  canned: (nodes, isEncrypted = false) => cannedServer(nodes, isEncrypted),
  cassandra,
};

/** How often all rows are written, and how often each is read, before anything is measured. */
const TIMES = 10;

/**
 * The table that is read, with all its rows. A server that has just begun compiles its code for some hundred thousand requests more: whoever is
 * measured first would be measured with that.
 */
async function fill({ contactPoints, localDataCenter }: Target): Promise<void> {
  const session = createSession({ contactPoints, localDataCenter });
  await lastValueFrom(session.execute(CREATE_KEYSPACE));
  await lastValueFrom(session.execute(createTable(TABLES.readings)));
  const requests = [
    (id: number) => session.execute(insertInto(TABLES.readings), TABLES.readings.row(id)),
    (id: number) => session.execute(pointReadOf(TABLES.readings), [id]),
  ];
  for (const request of requests) {
    const ids = range(0, TIMES * ROWS_OF_CASSANDRA).pipe(map((i) => i % ROWS_OF_CASSANDRA));
    await lastValueFrom(ids.pipe(mergeMap(request, 128)));
  }
  const scan = session.query(scanOf(TABLES.readings, ROWS_OF_CASSANDRA)).pipe(concatMap((page) => page));
  await lastValueFrom(scan.pipe(repeat(TIMES)));
  await lastValueFrom(session.close());
}
