import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { defer, from, lastValueFrom, map, mergeMap, Observable, of, range, switchMap } from 'rxjs';
import { createSession } from 'rxcql';
import { startCassandra } from 'rxcql/testing';
import { CREATE_KEYSPACE, CREATE_TABLE, INSERT, reading } from './workloads.js';

/** What is measured against. */
export interface Target {
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
  /** How many rows the table has. */
  readonly rows: number;
  /** In words. */
  readonly name: string;
}

/** Answers that were made beforehand, in a process of its own. Leaving it ends the process. */
export function cannedServer(nodes: number, rows = 200_000): Observable<Target> {
  return new Observable((subscriber) => {
    const path = fileURLToPath(new URL('canned/main.ts', import.meta.url));
    const args = ['--import', 'tsx', path, '--rows', String(rows), '--nodes', String(nodes)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(child.stdout).once('line', (contactPoint) => {
      const name = `a server of ${nodes} nodes on another core whose answers are made beforehand`;
      subscriber.next({ contactPoints: [contactPoint], localDataCenter: 'datacenter1', rows, name });
    });
    child.once('exit', (code) => subscriber.error(new Error(`The canned server has ended with ${code}.`)));
    return () => child.stdin.end();
  });
}

/**
 * The cluster that the environment names, or a node started here: with the server compiler, memory enough, and a commit log
 * for which no write waits, since it is the drivers that are compared.
 */
export function cassandra(_nodes: number, rows = 20_000): Observable<Target> {
  const given = process.env['CASSANDRA_CONTACT_POINTS'];
  const yaml = { commitlog_sync: 'periodic', commitlog_sync_period: '10s' };
  const cluster: Observable<Pick<Target, 'contactPoints' | 'localDataCenter'>> =
    given === undefined
      ? startCassandra({ heap: '2g', jvm: ['-XX:TieredStopAtLevel=4'], yaml })
      : of({
          contactPoints: given.split(','),
          localDataCenter: process.env['CASSANDRA_LOCAL_DC'] ?? 'datacenter1',
        });
  return cluster.pipe(
    map(({ contactPoints, localDataCenter }) => ({
      contactPoints,
      localDataCenter,
      rows,
      name: 'one Cassandra on the same machine',
    })),
    switchMap((target) => defer(() => from(fill(target))).pipe(map(() => target))),
  );
}

/** The table that is read, with all its rows. */
async function fill({ contactPoints, rows }: Target): Promise<void> {
  const session = createSession({ contactPoints });
  await lastValueFrom(session.execute(CREATE_KEYSPACE));
  await lastValueFrom(session.execute(CREATE_TABLE));
  await lastValueFrom(range(0, rows).pipe(mergeMap((id) => session.execute(INSERT, reading(id)), 128)));
  await lastValueFrom(session.close());
}
