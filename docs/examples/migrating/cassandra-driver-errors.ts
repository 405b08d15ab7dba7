// The errors of cassandra-driver and of rxcql, beside a server that misbehaves as it is told to:
// `npx tsx docs/examples/migrating/cassandra-driver-errors.ts`. docs/migrating.md has it row by row.
import assert from 'node:assert/strict';
import cassandra from 'cassandra-driver';
import { firstValueFrom, lastValueFrom, mergeMap, range, shareReplay, Subject, takeUntil } from 'rxjs';
import {
  AuthenticationError,
  BindError,
  ConfigurationError,
  type CqlError,
  createSession,
  iterateRows,
  NoHostAvailableError,
  RequestTimeoutError,
  ResponseError,
  ThrottleError,
} from 'rxcql';
import { cql, cqlServer, error, rows, when } from 'rxcql/testing';

/** Three pages, of which that in the middle has no rows. */
const page = (state: string | undefined) =>
  cql('SELECT id FROM gaps').and((request) => request.pagingState?.toString() === state);
const rules = [
  when(page(undefined)).reply(rows({ id: 'int' }, [[1]], { pagingState: 'second' })),
  when(page('second')).reply(rows({ id: 'int' }, [], { pagingState: 'third' })),
  when(page('third')).reply(rows({ id: 'int' }, [[2]])),
  when(cql(/nickname/)).reply(error('Invalid')),
  when(cql(/^INSERT INTO slow/)).drop(),
  when(cql(/^INSERT INTO users/)).reply(rows({}, [], { parameters: { id: 'int' }, partitionKey: ['id'] })),
];
const stop = new Subject<void>();
const server = await firstValueFrom(
  cqlServer(rules, { authentication: { username: 'ada', password: 'sesame' } }).pipe(takeUntil(stop), shareReplay(1)),
);
const contactPoints = [server.contactPoint];
const localDataCenter = 'datacenter1';
const auth = { username: 'ada', password: 'sesame' };

/** What something fails with. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail('It has succeeded.'),
    (failure: unknown) => failure,
  );

const client = new cassandra.Client({ contactPoints, localDataCenter, credentials: auth });
const session = createSession({ contactPoints, auth });

// --- A page without rows

const idsThere: unknown[] = [];
for await (const row of await client.execute('SELECT id FROM gaps')) idsThere.push(row['id']);
const ids: unknown[] = [];
for await (const row of iterateRows(session.query('SELECT id FROM gaps'))) ids.push(row['id']);
assert.deepEqual(idsThere, [1]);
assert.deepEqual(ids, [1, 2]);

// --- What a server answers

const refusedThere = await failureOf(client.execute('SELECT nickname FROM users'));
const refused = await failureOf(lastValueFrom(session.execute('SELECT nickname FROM users')));
assert.ok(refusedThere instanceof cassandra.errors.ResponseError);
assert.ok(refused instanceof ResponseError && refused.kind === 'Invalid');
assert.equal(refusedThere.code, cassandra.types.responseErrorCodes.invalid);
assert.equal(refused.errorCode, refusedThere.code);
assert.equal(refused.code, 'ERR_RXCQL_RESPONSE_INVALID');

// --- No answer

const lateThere = await failureOf(client.execute('INSERT INTO slow (id) VALUES (1)', [], { readTimeout: 100 }));
const late = await failureOf(lastValueFrom(session.execute('INSERT INTO slow (id) VALUES (1)', [], { timeout: 100 })));
assert.ok(lateThere instanceof cassandra.errors.OperationTimedOutError);
assert.ok(late instanceof RequestTimeoutError && late.outcome === 'unknown');

// --- Nobody to ask

const nowhere = ['127.0.0.1:1'];
const lostThere = await failureOf(new cassandra.Client({ contactPoints: nowhere, localDataCenter }).connect());
const lost = await failureOf(lastValueFrom(createSession({ contactPoints: nowhere }).connect()));
assert.ok(lostThere instanceof cassandra.errors.NoHostAvailableError);
assert.deepEqual(Object.keys(lostThere.innerErrors as object), nowhere);
assert.ok(lost instanceof NoHostAvailableError);
assert.deepEqual([...lost.errors.keys()], nowhere);

const credentials = { username: 'ada', password: 'wrong' };
const stranger = new cassandra.Client({ contactPoints, localDataCenter, credentials });
const strangerThere = await failureOf(stranger.connect());
assert.ok(strangerThere instanceof cassandra.errors.NoHostAvailableError);
const inner = (strangerThere.innerErrors as Record<string, unknown>)[server.contactPoint];
assert.ok(inner instanceof cassandra.errors.AuthenticationError);
const unknown = await failureOf(lastValueFrom(createSession({ contactPoints, auth: credentials }).connect()));
assert.ok(unknown instanceof AuthenticationError);

// --- Mistakes of the program

const insert = 'INSERT INTO users (id) VALUES (?)';
const mistakeThere = await failureOf(client.execute(insert, ['one'], { prepare: true }));
const mistake = await failureOf(lastValueFrom(session.execute(insert, ['one'])));
assert.ok(mistakeThere instanceof TypeError);
assert.ok(mistake instanceof BindError && mistake.column === 'id');

const misspelt = await failureOf(lastValueFrom(session.execute(insert, [1], { fetchSize: 10 } as object)));
assert.ok(misspelt instanceof ConfigurationError);
console.log(misspelt.message);

const narrow = createSession({ contactPoints, auth, maxConcurrent: 1, maxQueue: 0 });
await lastValueFrom(narrow.connect());
const many = range(0, 10).pipe(mergeMap(() => narrow.execute('SELECT key FROM system.local')));
const refusedAtOnce = (await failureOf(lastValueFrom(many))) as CqlError;
assert.ok(refusedAtOnce instanceof ThrottleError);

await client.shutdown();
await lastValueFrom(session.close());
await lastValueFrom(narrow.close());
stop.next();
console.log('as expected');
