import { filter, ignoreElements, map, merge, mergeMap, Observable } from 'rxjs';
import type { Session } from 'rxcql';
import {
  type CqlResponse,
  type CqlRequest,
  fakeServer,
  type FakeServer,
  node,
  type Rule,
  rows,
  when,
} from 'rxcql/testing';

/** What a node says to one request after another; what it said last, it says to all others. */
type Answers = Observable<unknown> | readonly Observable<unknown>[];

/**
 * Nodes by what they answer: 10.0.0.1, 10.0.0.2 and so on, which are asked in this order. Each request subscribes to the next answer
 * of its node when it gets there; the driver's own are answered at once.
 */
export function nodes(...answers: readonly Answers[]): FakeServer {
  const rules = answers.map((given, index): Rule => {
    const [first, ...others] = [given].flat() as [Observable<CqlResponse>, ...Observable<CqlResponse>[]];
    const asked = when(node(hostOf(index)).and(({ cql }) => cql !== undefined && !cql.includes('system')));
    return others.reduce((rule, next) => rule.afterwards().reply(next), asked.reply(first));
  });
  return cluster(answers.length, rules);
}

/** As many nodes, with rules for what they are asked. */
export function cluster(count: number, rules: readonly Rule[] = []): FakeServer {
  const keyspaces = [{ keyspace_name: 'shop', durable_writes: true, replication: REPLICATION }];
  return fakeServer(rules, {
    nodes: Array.from({ length: count }, (_, index) => ({ host: hostOf(index) })),
    tables: { 'system_schema.keyspaces': keyspaces },
  });
}

const REPLICATION = new Map([
  ['class', 'org.apache.cassandra.locator.SimpleStrategy'],
  ['replication_factor', '1'],
]);

const hostOf = (index: number): string => `10.0.0.${index + 1}`;

/** What answers with names, and says that there are more where `more` says so. */
export function names(given: string, { more = false } = {}): CqlResponse {
  return rows(
    { name: 'text' },
    given.split(' ').map((name) => [name]),
    more ? { pagingState: given } : {},
  );
}

/** A node stops and starts when it is told to. */
export function obey(server: FakeServer, host: string, orders: Observable<unknown>): void {
  orders.subscribe((order) => (order === 'stop' ? server.stop(host) : server.start(host)));
}

/** Whenever somebody tries to connect to a node. */
export function attempts(server: FakeServer, host: string): Observable<string> {
  return server.attempts.pipe(
    filter((address) => address === `${host}:9042`),
    map(() => 'attempt'),
  );
}

/** Whether there is a connection for requests to a node: `up` and `down`, whenever that changes. */
export function states(session: Session, host: string): Observable<string> {
  return session.events.pipe(
    mergeMap((event) => {
      if (!('node' in event) || event.node.address !== `${host}:9042`) return [];
      return event.type === 'connectionOpened' ? ['up'] : event.type === 'connectionClosed' ? ['down'] : [];
    }),
  );
}

/** Connects a session. Emits the node that it asks to tell of changes, whenever that is another. */
export function watching(server: FakeServer, session: Session): Observable<string> {
  const registrations = server.requests.pipe(filter(({ opcode }) => opcode === 'REGISTER'));
  return merge(
    registrations.pipe(map((request) => request.node.replace(':9042', ''))),
    session.connect().pipe(ignoreElements()),
  );
}

/** What the driver asks a node by itself, from now on, over one connection or all of them. */
export function asked(server: FakeServer, host: string, connection?: number): Observable<string> {
  return new Observable<CqlRequest>((subscriber) => {
    let isReplayed = true;
    subscriber.add(server.requests.subscribe((request) => isReplayed || subscriber.next(request)));
    isReplayed = false;
  }).pipe(
    filter((request) => request.node === `${host}:9042` && (connection ?? request.connection) === request.connection),
    mergeMap((request) => wordsFor(request)),
  );
}

/** System tables that are read together are told of once. */
function wordsFor({ opcode, cql, values }: CqlRequest): string[] {
  if (cql === undefined) return [opcode];
  if (cql.includes('cluster_name')) return ['who are you?'];
  const table = / FROM ([\w.]+)/.exec(cql)?.[1];
  const place = values.map((value) => Buffer.from(value as Uint8Array).toString()).join('.');
  if (table === 'system.local') return ['nodes'];
  return table === 'system_schema.tables' ? [place === '' ? 'schema' : place] : [];
}
