// Who closes what, and what goes on when something ends early: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/context-safety.ts`.
// It makes the keyspace `rxcql_context_safety`, and drops it in the end.
import {
  catchError,
  concatMap,
  endWith,
  forkJoin,
  ignoreElements,
  lastValueFrom,
  map,
  of,
  switchMap,
  take,
  tap,
  timeout,
  timer,
} from 'rxjs';
import { connect, createSession, executeConcurrent, type Session } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');

/** A single connection that takes a single request at a time: what does not give its place back stops everything. */
const options = { contactPoints, maxRequestsPerConnection: 1 };
const session = createSession(options);

for (const statement of [
  "CREATE KEYSPACE IF NOT EXISTS rxcql_context_safety WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  'USE rxcql_context_safety',
  'CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, name text)',
]) {
  await lastValueFrom(session.execute(statement));
}
const ids = Array.from({ length: 500 }, (_, id) => [id, `user ${id}`]);
await lastValueFrom(executeConcurrent(session, 'INSERT INTO users (id, name) VALUES (?, ?)', ids));

const users = session.query('SELECT id, name FROM users', [], { pageSize: 10 }); // 50 pages

/** Prints what is claimed and whether it is so. */
function claim(what: string, isSo: boolean): void {
  console.log(`${isSo ? 'yes' : 'NO '} ${what}`);
  if (!isSo) process.exitCode = 1;
}

/** Whether somebody else is served, on the only place there is. */
const works = (on: Session): Promise<boolean> =>
  lastValueFrom(
    on.execute<{ name: string }>('SELECT name FROM rxcql_context_safety.users WHERE id = ?', [1]).pipe(
      map((page) => page.one().name === 'user 1'),
      catchError(() => of(false)),
    ),
  );

// --- A query

const before = session.metrics.requests;
await lastValueFrom(
  users.pipe(
    concatMap((page) => page),
    take(15),
  ),
);
await lastValueFrom(timer(100)); // time for many more pages
claim('a query that is left early fetches no more', session.metrics.requests - before === 2);
claim('and its place is free', session.metrics.inFlight === 0 && (await works(session)));

const reading = users.pipe(concatMap((page) => page)).subscribe();
await works(session); // has waited for the first page, and the second waits for it
reading.unsubscribe();
const begun = session.metrics.requests;
await lastValueFrom(timer(100));
claim('one that is unsubscribed from fetches no more either', session.metrics.requests === begun);
claim('and its place is free when what was on its way has come', await works(session));

// --- Its consumer

const failure = await lastValueFrom(
  users.pipe(
    concatMap((page) => page),
    map(({ id }) => {
      throw new Error(`The consumer has failed at a row of ${typeof id}.`);
    }),
    catchError((error: Error) => of(error.message)),
  ),
);
claim('a consumer that fails gets its own error', failure === 'The consumer has failed at a row of number.');
claim('and leaves the session open', await works(session));

// --- Others beside it

const outcomes = await lastValueFrom(
  forkJoin(
    ['SELECT name FROM users WHERE id = 1', 'SELECT nickname FROM users', 'SELECT name FROM users WHERE id = 2'].map(
      (statement) =>
        session.execute<{ name: string }>(statement).pipe(
          map((page) => page.one().name),
          catchError((error: Error) => of(error.name)),
        ),
    ),
  ),
);
claim('an error is that of one query alone', outcomes.join() === 'user 1,ResponseError,user 2');

// --- A session

/** Whether a session is closed, with its connections, or about to be. */
const isClosed = (of: Session): Promise<boolean> =>
  lastValueFrom(
    of.topology.pipe(
      ignoreElements(),
      endWith(true), // it completes with the session
      timeout(5_000),
      map(() => of.metrics.connections === 0),
    ),
  ).catch(() => false);

let connected: Session | undefined;
const inside = await lastValueFrom(
  connect(options).pipe(
    tap((ready) => (connected = ready)),
    switchMap((ready) => works(ready)),
    take(1),
  ),
);
claim('connect() gives a session', inside);
claim('and closes it when its subscription ends', await isClosed(connected!));

/** A session after the block that it was made for. */
async function afterBlock(work: (own: Session) => Promise<void>): Promise<Session> {
  let seen: Session | undefined;
  try {
    await using own = createSession(options);
    seen = own;
    await work(own);
  } catch {
    // What matters here is what becomes of the session.
  }
  return seen!;
}

const used = await afterBlock(async (own) => claim('createSession() gives a session', await works(own)));
claim('await using closes it at the end of its block', await isClosed(used));
const failed = await afterBlock(() => Promise.reject(new Error('The block has failed.')));
claim('also if the block fails', await isClosed(failed));

let name: string | undefined;
const last = createSession(options);
last
  .execute<{ name: string }>('SELECT name FROM rxcql_context_safety.users WHERE id = 2')
  .subscribe((page) => (name = page.one().name));
await lastValueFrom(last.close());
claim('close() waits for requests on their way', name === 'user 2');

claim('and all the while another session is not concerned', await works(session));

await lastValueFrom(session.execute('DROP KEYSPACE rxcql_context_safety'));
await lastValueFrom(session.close());
