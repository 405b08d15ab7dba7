import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { defer, from, lastValueFrom, map, mergeMap, Observable, of, range, switchMap } from 'rxjs';
import { createSession } from 'rxcql';
import { startCassandra } from 'rxcql/testing';
import type { Listening } from './canned/main.js';
import { CREATE_KEYSPACE, createTable, insertInto } from './statements.js';
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

/** The table that is read, with all its rows. */
async function fill({ contactPoints, localDataCenter }: Target): Promise<void> {
  const session = createSession({ contactPoints, localDataCenter });
  await lastValueFrom(session.execute(CREATE_KEYSPACE));
  await lastValueFrom(session.execute(createTable(TABLES.readings)));
  const insert = insertInto(TABLES.readings);
  const row = (id: number) => session.execute(insert, TABLES.readings.row(id));
  await lastValueFrom(range(0, ROWS_OF_CASSANDRA).pipe(mergeMap(row, 128)));
  await lastValueFrom(session.close());
}
