// Options, rows, paging and errors of docs/queries.md, as one program:
// `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/request-options.ts`.
// It makes the keyspace `rxcql_request_options`, and drops it in the end.
import {
  catchError,
  concatMap,
  EMPTY,
  firstValueFrom,
  lastValueFrom,
  map,
  type Observable,
  reduce,
  retry,
  tap,
  throwError,
  timer,
} from 'rxjs';
import {
  type Columnar,
  type CqlError,
  createSession,
  openPagingState,
  type Page,
  RequestTimeoutError,
  ResponseError,
  sealPagingState,
  type Session,
} from 'rxcql';
import { cql, error, fakeServer, opcode, prepared, sessionOf, voidResult, when } from 'rxcql/testing';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });

await lastValueFrom(
  session.execute(
    "CREATE KEYSPACE IF NOT EXISTS rxcql_request_options WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  ),
);
await lastValueFrom(session.execute('USE rxcql_request_options'));
await lastValueFrom(session.execute('CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, name text)'));
const insert = 'INSERT INTO users (id, name) VALUES (?, ?)';
for (const [id, name] of ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara'].entries()) {
  await lastValueFrom(session.execute(insert, [id, name]));
}

// --- Options

const exact = session.execute<{ name: string }>('SELECT name FROM users WHERE id = ?', [1], {
  consistency: 'LOCAL_QUORUM',
  timeout: 2_000,
});
const kept = session.execute(insert, [1, 'Grace Hopper'], { idempotent: true, timeout: 500 });
await lastValueFrom(kept);
console.log((await lastValueFrom(exact)).one().name);

const abort = new AbortController();
const request = session.query('SELECT * FROM users', [], { signal: abort.signal });
request.subscribe({ error: (reason: unknown) => console.log(reason === abort.signal.reason) });
abort.abort();

const traced = session.execute('SELECT name FROM users WHERE id = ?', [1], { tracing: true });
const trace = traced.pipe(concatMap((page) => page.trace()));
await lastValueFrom(trace.pipe(tap(({ duration, events }) => console.log(duration > 0, events.length > 0))));

const { nodes } = await firstValueFrom(session.topology);
const local = session.execute('SELECT rpc_port FROM system.local', [], { node: nodes[0]! });
console.log((await lastValueFrom(local)).coordinator === nodes[0]!.address);

const key = Buffer.alloc(4);
key.writeInt32BE(1); // the partition key as the server has it: an int is four bytes
const routed = session.execute("UPDATE rxcql_request_options.users SET name = 'Grace' WHERE id = 1", [], {
  routingKey: key,
});
await lastValueFrom(routed);

const elsewhere = session.execute('SELECT cluster_name FROM local', [], { keyspace: 'system' });
const later = session.execute("INSERT INTO users (id, name) VALUES (9, 'Guest') USING TTL 60", [], {
  nowInSeconds: 1_700_000_000, // so that it has expired already
});
const withPayload = session.execute('SELECT name FROM users', [], { customPayload: { audit: Buffer.from('ada') } });
await lastValueFrom(later);
console.log((await lastValueFrom(elsewhere)).rowCount, (await lastValueFrom(withPayload)).rowCount);

// --- Rows

interface User {
  readonly id: number;
  readonly name: string | null;
}

const user = (await lastValueFrom(session.execute<User>('SELECT id, name FROM users WHERE id = ?', [0]))).one();
console.log(user.id, user.name?.toUpperCase());

const only = 'SELECT id, name FROM users WHERE id = 0';
const pairs = session.execute<[id: number, name: string]>(only, [], { rows: 'array' });
const tags = session.execute<string>(only, [], {
  rows: (columns) => (values) => columns.map(({ name }, i) => `${name}=${String(values[i])}`).join(' '),
});
console.log((await lastValueFrom(pairs)).one(), (await lastValueFrom(tags)).one());

const sum = session.query<Columnar>('SELECT id FROM users', [], { rows: 'columnar', pageSize: 2 }).pipe(
  concatMap((page) => page),
  reduce((total, { columns }) => total + (columns[0]!.values as Int32Array).reduce((a, b) => a + b, 0), 0),
);
console.log(await lastValueFrom(sum));

// --- Paging

const page = await lastValueFrom(session.execute<User>('SELECT id, name FROM users', [], { pageSize: 2 }));
console.log(page.rowCount, page.hasMorePages);
const next = { pageSize: 2, pagingState: page.pagingState };
const rest = session.query<User>('SELECT id, name FROM users', [], next);
await lastValueFrom(rest.pipe(tap((page) => console.log(page.toArray().length))));

const inTime = session.query<User>('SELECT id, name FROM users', [], { pageSize: 2, deadline: 30_000 });
await lastValueFrom(inTime.pipe(concatMap((page) => page)));

const secret = process.env['PAGING_SECRET'] ?? 'only for this example, and long enough';
const list = (from?: string) =>
  session
    .execute<User>('SELECT id FROM users', [], {
      pageSize: 3,
      pagingState: from === undefined ? undefined : openPagingState(from, secret, 'list of users'),
    })
    .pipe(
      map((found) => ({
        ids: found.toArray().map(({ id }) => id),
        next: found.pagingState && sealPagingState(found.pagingState, secret, 'list of users'),
      })),
    );
const first = await lastValueFrom(list());
const second = await lastValueFrom(list(first.next));
console.log(first.ids.length, second.ids.length, second.next);

// --- Errors

const found = session.execute('SELECT nickname FROM users').pipe(
  catchError((error: unknown) => {
    if (error instanceof ResponseError && error.kind === 'Invalid') console.log('The statement is wrong.');
    else if (error instanceof RequestTimeoutError) console.log('Nobody answered in time.');
    else throw error;
    return EMPTY;
  }),
);
await lastValueFrom(found, { defaultValue: undefined });

/** Writes, and writes again where nobody knows whether it was written. */
function save(session: Session, id: number, name: string): Observable<Page> {
  // The same for both, so that what somebody else writes in between stays.
  const timestamp = BigInt(Date.now()) * 1_000n;
  return session.execute(insert, [id, name], { timestamp }).pipe(
    retry({
      count: 3,
      delay: (error: CqlError) => (error.outcome === 'unknown' ? timer(100) : throwError(() => error)),
    }),
  );
}

// A server that writes, but too late, the first time.
const slow = fakeServer([
  when(cql(/^INSERT/).and(opcode('PREPARE'))).reply(prepared({ parameters: { id: 'int', name: 'text' } })),
  when(cql(/^INSERT/))
    .reply(error('WriteTimeout', { received: 1, blockFor: 2, writeType: 'SIMPLE' }))
    .afterwards()
    .reply(voidResult()),
]);
const other = sessionOf(slow);
await lastValueFrom(save(other, 5, 'John'));
console.log(other.metrics.errors);
await lastValueFrom(other.close());

await lastValueFrom(session.execute('DROP KEYSPACE rxcql_request_options'));
await lastValueFrom(session.close());
