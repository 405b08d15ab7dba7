// The pieces of docs/backpressure.md, as one program: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/backpressure.ts`.
// It makes the keyspace `rxcql_backpressure_guide`, and drops it in the end.
import { subscribe } from 'node:diagnostics_channel';
import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  bufferCount,
  concatMap,
  count,
  filter,
  finalize,
  from,
  ignoreElements,
  lastValueFrom,
  map,
  mergeMap,
  type Observable,
  range,
  take,
  tap,
  timer,
} from 'rxjs';
import { createSession, iteratePages, iterateRows, mergeRows, pages, pagesFrom, toReadable, toWebStream } from 'rxcql';
import type { UnreadPage } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });

for (const statement of [
  "CREATE KEYSPACE IF NOT EXISTS rxcql_backpressure_guide WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  'USE rxcql_backpressure_guide',
  'CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, name text)',
]) {
  await lastValueFrom(session.execute(statement));
}
await lastValueFrom(
  pagesFrom(Array.from({ length: 430 }, (_, id) => id)).pipe(
    mergeRows((id) => session.execute('INSERT INTO users (id, name) VALUES (?, ?)', [id, `user ${id}`]), 64),
  ),
);

/** What the guide works on. */
interface User {
  readonly id: number;
  readonly name: string;
}

const users = session.query<User>('SELECT id, name FROM users', [], { pageSize: 50 });

let [working, mostWorking] = [0, 0];

/** Work that takes a while. */
function work(user: User): Observable<number> {
  mostWorking = Math.max(mostWorking, ++working);
  return timer(1).pipe(
    map(() => user.id),
    finalize(() => working--),
  );
}

const saveAll = (batch: readonly User[]): Observable<number> => timer(1).pipe(map(() => batch.length));

/** Runs something to its end, and tells how many values it had. */
async function run(name: string, source: Observable<unknown>): Promise<void> {
  console.log(`${name}: ${await lastValueFrom(source.pipe(count()))}`);
}

const sequential = users.pipe(
  concatMap((page) => page.pipe(concatMap((user) => work(user)))), // one after another
);

const separate = users.pipe(
  concatMap((page) => page.pipe(mergeMap((user) => work(user), 16))), // 16 at a time, page by page
);

const merged = users.pipe(
  mergeRows((user) => work(user), 16), // 16 at a time, across the borders of pages
);

const batches = users.pipe(
  concatMap((page) =>
    page.pipe(
      bufferCount(20),
      concatMap((batch) => saveAll(batch)),
    ),
  ),
);

await run('one after another', sequential);
await run('page by page', separate);
await run('across pages', merged);
await run('batches', batches);

const wrong = users.pipe(
  concatMap((page) => page), // reads every page as soon as it is there,
  mergeMap((user) => work(user), 16), // and keeps here what it cannot work on yet: the whole table, in the end
);

const wrongToo = users.pipe(
  map((page) => page.toArray()), // has read the page
  concatMap((all) => saveAll(all)), // which therefore does not hold back the next
);

await run('flattened first', wrong);
await run('read first', wrongToo);

const pageCount = users.pipe(
  tap((page) => page.skip()),
  count(),
);

const notEmpty = users.pipe(
  filter((page) => page.rowCount > 0), // an empty page needs no reading: it may be dropped
  concatMap((page) => page),
);

const someOfThem = users.pipe(
  filter((page) => {
    const isWanted = page.coordinator !== '';
    if (!isWanted) page.skip(); // any other page that is dropped is skipped first
    return isWanted;
  }),
  concatMap((page) => page),
);

await run('pages counted', pageCount.pipe(mergeMap((pages) => range(0, pages))));
await run('pages that are not empty', notEmpty);
await run('some pages', someOfThem);

subscribe('rxcql:page:unread', (message) => {
  const { cql, index, waited } = message as UnreadPage;
  console.error(`Page ${index} of ${cql} has not been read for ${waited} ms.`);
});

for await (const page of iteratePages(users)) {
  await lastValueFrom(saveAll(page.toArray())); // it has been read: meanwhile the next page is fetched
}

let seen = 0;
for await (const user of iterateRows(users)) {
  seen++;
  if (user.name === 'user 41') break; // unsubscribes; the rest is not fetched
}
console.log(`found: ${seen > 0}`);

const path = join(tmpdir(), `rxcql-users-${process.pid}.ndjson`);

await pipeline(
  toReadable(users),
  async function* (rows: AsyncIterable<User>) {
    for await (const user of rows) yield JSON.stringify(user) + '\n';
  },
  createWriteStream(path),
);

const response = new Response(
  toWebStream(users)
    .pipeThrough(new TransformStream<User, string>({ transform: (user, out) => out.enqueue(`${user.name}\n`) }))
    .pipeThrough(new TextEncoderStream()),
);
console.log(`lines of the response: ${(await response.text()).trim().split('\n').length}`);

async function* linesOf(file: string): AsyncGenerator<string> {
  const handle = await open(file);
  try {
    yield* handle.readLines();
  } finally {
    await handle.close();
  }
}

const imported = pagesFrom(() => linesOf(path), { pageSize: 100 }).pipe(
  mergeRows((line) => {
    const { id, name } = JSON.parse(line) as User;
    return session.execute('INSERT INTO users (id, name) VALUES (?, ?)', [id, name]);
  }, 64),
);

const chunks = pages<number, number>((start = 0) => [
  { rows: [start, start + 1, start + 2], pagingState: start < 96 ? start + 3 : undefined },
]);

await run('imported', imported);
await run('chunks', chunks.pipe(mergeRows((id) => from([id]), 4)));
await run(
  'stopped early',
  users.pipe(
    mergeRows((user) => work(user), 16),
    take(10),
  ),
);
console.log(`at most at a time: ${mostWorking}`);

await rm(path);
await lastValueFrom(session.execute('DROP KEYSPACE rxcql_backpressure_guide').pipe(ignoreElements()), {
  defaultValue: undefined,
});
await lastValueFrom(session.close());
