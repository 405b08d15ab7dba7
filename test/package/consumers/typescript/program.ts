// A program of a user, in TypeScript, against the public contract. It is type checked, never run.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import {
  concatMap,
  EMPTY,
  from,
  map,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  type OperatorFunction,
  switchMap,
} from 'rxjs';
import {
  type AllowedAddresses,
  AuthenticationError,
  type Authenticator,
  BindError,
  type BoundStatement,
  type Column,
  ConfigurationError,
  connect,
  ConnectionError,
  type Consistency,
  constantReconnection,
  cql,
  CqlError,
  createSession,
  type Credentials,
  Decimal,
  DecodeError,
  Duration,
  exponentialReconnection,
  ident,
  type Identifier,
  iteratePages,
  iterateRows,
  mergeRows,
  NoHostAvailableError,
  type Page,
  pages,
  pagesFrom,
  type Params,
  type Prepared,
  ProtocolError,
  type QueryOptions,
  type ReconnectionPolicy,
  type RequestDefaults,
  RequestTimeoutError,
  ResponseError,
  type Row,
  type SerialConsistency,
  type Session,
  SessionClosedError,
  type SessionOptions,
  type Statement,
  ThrottleError,
  type TlsOptions,
  toReadable,
  toWebStream,
  type UnreadPage,
} from 'rxcql';
import {
  adaptiveLimit,
  checkpoint,
  checkpointFile,
  type CheckpointStore,
  copy,
  type CountStats,
  countRows,
  deadLetter,
  type Diff,
  errorThreshold,
  groupBatch,
  type Limiter,
  type Outcome,
  progress,
  type Progress,
  rateLimit,
  resume,
  scan,
  ScanError,
  type ScanPage,
  type TableRef,
  type TokenRange,
  tokenRanges,
  verify,
  writeTo,
} from 'rxcql/etl';
import { type CassandraCluster, type CassandraNode, startCassandra } from 'rxcql/testing';

/** Holds if both types are the same, in both directions; `any` is the same as nothing but itself. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const check = <T extends true>(): T | undefined => undefined;

interface User {
  readonly id: string;
  readonly name: string | null;
}

// --- a session

const credentials: Credentials = { username: 'ada', password: 'secret', required: true };
const authenticator: Authenticator = {
  classes: ['com.example.auth.TokenAuthenticator'],
  initialResponse: (authenticatorClass, node) => of(Buffer.from(`${authenticatorClass} ${node}`)),
  challenge: (token, round) => Promise.resolve(round > 1 ? null : token),
  success: (token) => void token,
};
const tls: TlsOptions = { ca: 'pem', minVersion: 'TLSv1.3', identity: (node) => node.hostId };
const allowedAddresses: AllowedAddresses = ({ host, port }) => host.startsWith('10.') && port === 9042;
createSession({ contactPoints: ['a'], auth: authenticator, tls: true, allowedAddresses });
createSession({ contactPoints: ['a'], auth: () => of(credentials), tls: () => tls, allowedAddresses: ['10.0.0.0/8'] });
createSession({ contactPoints: ['a'], auth: async () => credentials, tls: async () => tls });
const reconnection: ReconnectionPolicy = exponentialReconnection({ base: 100, max: 10_000 });
const defaults: RequestDefaults = { consistency: 'QUORUM', serialConsistency: 'SERIAL', pageSize: 100, timeout: 1_000 };
const options: SessionOptions = {
  contactPoints: ['127.0.0.1', '[::1]:9042'] as const,
  port: 9042,
  localDataCenter: 'datacenter1',
  keyspace: 'shop',
  auth: credentials,
  tls,
  protocolVersion: 5,
  reconnection,
  connectTimeout: 5_000,
  handshakeTimeout: 10_000,
  heartbeat: { idle: 15_000 },
  maxRequestsPerConnection: 1_024,
  maxQueue: 100,
  applicationName: 'shop',
  applicationVersion: '1.0',
  clientId: 'a',
  ...defaults,
};
const sessions: Observable<Session> = connect({
  contactPoints: ['a'],
  reconnection: constantReconnection({ delay: 1 }),
});
const session: Session = createSession(options);
const ready: Observable<Session> = session.connect();
const keyspace: string | undefined = session.keyspace;
const closed: Observable<void> = session.close();
async function inScope(): Promise<void> {
  await session[Symbol.asyncDispose]();
}
const disposable: AsyncDisposable = session;

// @ts-expect-error -- without contact points
createSession({});
// @ts-expect-error -- there is no such option
createSession({ contactPoints: ['a'], contactPoint: 'a' });
// @ts-expect-error -- exactOptionalPropertyTypes: left out is not undefined
createSession({ contactPoints: ['a'], keyspace: undefined });
// @ts-expect-error -- there is no version 3
createSession({ contactPoints: ['a'], protocolVersion: 3 });

// --- statements

const name: Identifier = ident('Users');
const bound: BoundStatement = cql`SELECT * FROM ${name} WHERE id = ${1n} AND name = ${null}`;
const prepared: Observable<Prepared> = session.prepare('SELECT * FROM users WHERE id = ?', { keyspace: 'shop' });
const statements: readonly Statement[] = ['SELECT now() FROM system.local', bound];
const positional: Params = ['a', 1, null, undefined];
const named: Params = { id: 'a', name: null };
const queryOptions: QueryOptions = {
  ...defaults,
  pagingState: new Uint8Array(),
  timestamp: 1n,
  keyspace: 'shop',
  nowInSeconds: 0,
  customPayload: new Map([['a', new Uint8Array()]]),
  tracing: true,
  prepare: false,
};
session.execute('SELECT', positional, { customPayload: { a: Buffer.from('a') }, timestamp: 1 });
// @ts-expect-error -- there is no such consistency
session.execute('SELECT', [], { consistency: 'MOST' });
// @ts-expect-error -- a number is no statement
session.execute(1);

// --- pages and rows

const untyped: Observable<Page> = session.query('SELECT * FROM users');
const typed: Observable<Page<User>> = session.query<User>(bound, undefined, queryOptions);
check<Same<Page, Page<Row>>>();
check<Same<Row, Record<string, any>>>();
check<Same<ReturnType<typeof session.execute<User>>, Observable<Page<User>>>>();

const rows: Observable<User> = typed.pipe(concatMap((page) => page));
const written: Observable<Page<Row>> = typed.pipe(
  mergeRows((user) => session.execute('INSERT INTO names (name) VALUES (?)', [user.name]), 16),
);
const names: Observable<string | null> = typed.pipe(
  mergeRows(({ name }, index: number) => of(index > 0 ? name : null), 1, { ordered: true, delayError: true }),
);
const promised: Observable<number> = typed.pipe(mergeRows(async ({ id }) => id.length));
const anything: Observable<string> = untyped.pipe(mergeRows((row) => [row['name'] as string]));
const own: Observable<Page<User>> = pages<User, string>((cursor: string | undefined) =>
  cursor === undefined
    ? of({ rows: [{ id: 'a', name: null }], pagingState: 'next' })
    : from([{ rows: new Set<User>(), pagingState: undefined }]),
);

const pageIterator: AsyncIterableIterator<Page<User>> = iteratePages(typed);
const rowIterator: AsyncIterableIterator<User> = iterateRows(typed);
const readable: Readable = toReadable(typed);
const webStream: ReadableStream<User> = toWebStream(typed);
const fromFile: Observable<Page<Buffer>> = pagesFrom<Buffer>(() => createReadStream('users.csv'));
const fromBody: Observable<Page<Uint8Array>> = pagesFrom<Uint8Array>(webBody(), { pageSize: 4 });
const fromRows: Observable<Page<User>> = pagesFrom(rowIterator);
const unread = (message: unknown): string => (message as UnreadPage).cql;
declare function webBody(): ReadableStream<Uint8Array>;

function read(page: Page<User>): unknown {
  check<Same<typeof page.columns, readonly Column[]>>();
  check<Same<typeof page.pagingState, Buffer | undefined>>();
  check<Same<typeof page.customPayload, ReadonlyMap<string, Uint8Array> | undefined>>();
  check<Same<typeof page.warnings, readonly string[]>>();
  check<Same<typeof page.wasApplied, boolean | undefined>>();
  check<Same<typeof page.tracingId, string | undefined>>();
  const iterated: User[] = [...page];
  const all: User[] = page.toArray();
  const first: User | undefined = page.first();
  const one: User = page.one();
  const count: number = page.rowCount + page.attempts;
  const observed: Observable<string> = page.pipe(map(({ id }) => id));
  page.skip();
  // @ts-expect-error -- a page cannot be changed
  page.rowCount = 0;
  // @ts-expect-error -- what is internal is not in the types
  page.rows.cursor();
  return [iterated, all, first, one, count, observed, page.hasMorePages, page.coordinator, page.columns[0]?.type];
}

function describe({ cql, id, keyspace, parameters, columns }: Prepared): string {
  check<Same<typeof id, Uint8Array>>();
  const { name, type, table } = parameters[0] ?? columns?.[0] ?? { name: '', type: '', table: '' };
  return `${cql} ${String(keyspace)} ${name} ${type} ${table}`;
}

// --- values

const price: Decimal = Decimal.from('1E3');
const exact: bigint = new Decimal(1999n, 2).unscaled;
const day: Duration = new Duration(0, 1, 0n);
const nanoseconds: bigint = Duration.parse('PT1H').nanoseconds;

// --- errors

function explain(error: unknown): string {
  if (error instanceof ResponseError) {
    const consistency: Consistency | undefined = error.consistency;
    const state: Buffer | undefined = error.pagingState;
    const outcome: 'unknown' | undefined = error.outcome;
    const reasons: ReadonlyMap<string, number> | undefined = error.reasons;
    switch (error.kind) {
      case 'Unavailable':
        return `${error.alive ?? 0} of ${error.required ?? 0}`;
      case 'AlreadyExists':
        return `${error.keyspace ?? ''}.${error.table ?? ''} ${error.function ?? ''}`;
      // @ts-expect-error -- there is no such kind
      case 'Nothing':
        return '';
      default:
        return String([consistency, state, outcome, reasons, error.coordinator, error.attempts, error.writeType]);
    }
  }
  if (error instanceof RequestTimeoutError || error instanceof ConnectionError) return error.outcome ?? 'known';
  if (error instanceof NoHostAvailableError) {
    const causes: ReadonlyMap<string, readonly Error[]> = error.errors;
    return [...causes.keys()].join();
  }
  if (error instanceof BindError) return error.column ?? '';
  for (const kind of [
    AuthenticationError,
    ConfigurationError,
    DecodeError,
    ProtocolError,
    SessionClosedError,
    ThrottleError,
  ]) {
    if (error instanceof kind) return error.code;
  }
  return error instanceof CqlError ? error.code : 'no error of rxcql';
}

// --- tables that are moved

const ranges: Observable<TokenRange> = tokenRanges(session, 'shop.users', {
  splits: 'auto',
  targetBytes: 1 << 20,
  order: 'ring',
  seed: 1,
  shard: { index: 0, of: 4 },
});
const scanned: Observable<ScanPage<User>> = scan<User>(session, 'shop.users', {
  ranges,
  concurrency: 8,
  pageSize: 100,
  columns: ['id', 'name'],
  preserve: ['ttl', 'writetime'],
  onRangeError: 'collect',
});
scan(session, 'SELECT id FROM shop.users', { ranges: [] });
// @ts-expect-error -- there is no such thing to preserve
scan(session, 'shop.users', { preserve: ['clock'] });
const limiter: Limiter = adaptiveLimit({ min: 1, initial: 8, max: 256 });
const limit: Observable<number> = limiter.limit;
const outcomes: Observable<Outcome> = scanned.pipe(
  map((page): Page<User> => page),
  writeTo(session, 'INSERT INTO a (id) VALUES (:id)', {
    concurrency: limiter,
    batch: 'partition',
    rate: 1_000,
    consistency: 'QUORUM',
    idempotent: true,
    retry: () => 'next',
  }),
  deadLetter('failed.ndjson'),
  errorThreshold({ max: '5%' }),
);
const writing: OperatorFunction<Page<User>, Outcome> = writeTo<User>(session, bound);
const refusing: MonoTypeOperatorFunction<Outcome> = errorThreshold({ max: 100 });
// @ts-expect-error -- neither a number nor a share
errorThreshold({ max: '5 %%' });
const progressed: Observable<Progress> = outcomes.pipe(progress({ total: 'ring', every: 500 }));
const counted: Observable<CountStats> = countRows(session, 'shop.users', {
  stats: ['ranges', 'nodes', 'partitions'],
  top: 3,
});
const grouped: Observable<readonly User[]> = rows.pipe(groupBatch<User>({ key: ({ id }) => id, maxItems: 10 }));
const paced: Observable<User> = rows.pipe(rateLimit({ perSecond: 10 }));
const store: CheckpointStore = checkpointFile('users.journal');
const noted: Observable<ScanPage<User>> = scanned.pipe(checkpoint(store, { every: 100 }));
const rest: Observable<TokenRange> = resume(store, ranges, { from: 'shop.users' });
const source: TableRef = { session, table: 'shop.users' };
const copied: Observable<Outcome> = copy(source, source, {
  preserve: ['ttl', 'writetime'],
  concurrency: limiter,
  project: (row: Row): Row | null => (row['id'] === null ? null : { ...row, name: 'Ada' }),
  columns: ['id', 'name'],
  ranges: rest,
  pageSize: 100,
  rate: 1,
  consistency: 'ONE',
  checkpoint: store,
});
const diffs: Observable<Diff> = verify(source, source, {
  repair: true,
  concurrency: 4,
  columns: ['id'],
  ranges,
  pageSize: 10,
});
// @ts-expect-error -- exactOptionalPropertyTypes: left out is not undefined
copy(source, source, { preserve: undefined });
// @ts-expect-error -- a table needs its session
verify({ table: 'shop.users' }, source);
check<Same<ReturnType<typeof copy>, Observable<Outcome>>>();
check<Same<ReturnType<typeof verify>, Observable<Diff>>>();
check<Same<Diff['kind'], 'missing' | 'extra' | 'different'>>();
check<Same<Diff['key'], Row>>();
check<Same<Outcome['kind'], 'ok' | 'notApplied' | 'failed'>>();
check<Same<TokenRange['start'], bigint>>();
check<Same<ScanPage<User>['upto'], bigint>>();
function told(outcome: Outcome): string {
  // Only what has failed has an error.
  if (outcome.kind === 'failed') return `${outcome.error.message} ${outcome.attempts}`;
  // @ts-expect-error -- it was written
  void outcome.error;
  return `${outcome.kind} ${String(outcome.record)} ${String(outcome.position)}`;
}
function numbersOf({ fraction, eta, rows, rowsPerSecond, meanRowsPerSecond, bytes, p50, p99 }: Progress): number {
  return (fraction ?? 0) + (eta ?? 0) + rows + rowsPerSecond + meanRowsPerSecond + bytes + p50 + p99;
}
const missing = (error: unknown): readonly TokenRange[] => (error instanceof ScanError ? error.ranges : []);

// --- a Cassandra to test with

const cluster: Observable<CassandraCluster> = startCassandra({
  nodes: 2,
  version: '5.0.5',
  heap: '512m',
  directory: 'data',
  layout: [{ datacenter: 'dc1', rack: 'r1' }],
  yaml: { concurrent_reads: 8 },
  authentication: true,
  tls: { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem', requireClient: false },
});
const status: Observable<string> = cluster.pipe(
  switchMap(({ nodes, contactPoints, localDataCenter }) => {
    const node: CassandraNode | undefined = nodes[0];
    return contactPoints.includes(localDataCenter) ? EMPTY : (node?.nodetool('status', '-r') ?? EMPTY);
  }),
);

const serial: SerialConsistency = 'LOCAL_SERIAL';
export {
  anything,
  closed,
  day,
  describe,
  disposable,
  exact,
  explain,
  inScope,
  keyspace,
  name,
  named,
  names,
  nanoseconds,
};
export { own, prepared, price, promised, read, ready, rows, serial, sessions, statements, status, written };
export { fromBody, fromFile, fromRows, pageIterator, readable, rowIterator, unread, webStream };
export {
  copied,
  counted,
  diffs,
  grouped,
  limit,
  missing,
  noted,
  numbersOf,
  paced,
  progressed,
  refusing,
  told,
  writing,
};
