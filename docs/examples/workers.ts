// The same work in one worker thread, and in two: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/workers.ts`.
// It makes the keyspace `rxcql_workers`, and drops it in the end.
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { lastValueFrom } from 'rxjs';
import { createSession, executeConcurrent, type Params } from 'rxcql';
import type { Answer, Task } from './workers/digest-documents.js';
import { typeScriptWorker } from './workers/type-script-worker.js';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });

for (const statement of [
  "CREATE KEYSPACE IF NOT EXISTS rxcql_workers WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  'USE rxcql_workers',
  'CREATE TABLE IF NOT EXISTS documents (shelf int, id int, text text, PRIMARY KEY (shelf, id))',
]) {
  await lastValueFrom(session.execute(statement));
}

const SHELVES = Array.from({ length: 20 }, (_, shelf) => shelf);
const DOCUMENTS = 5_000;

function* madeUpDocuments(): Generator<Params> {
  for (let id = 0; id < DOCUMENTS; id++) yield [id % SHELVES.length, id, `document ${id}`.repeat(20)];
}
const insert = 'INSERT INTO documents (shelf, id, text) VALUES (?, ?, ?)';
await lastValueFrom(executeConcurrent(session, insert, madeUpDocuments, { concurrency: 256, ordered: false }));

// A session cannot be shared: it is sockets and callbacks of its thread. So each worker makes its own, and what goes from
// thread to thread is what to do, and what came of it.
async function startWorker(): Promise<Worker> {
  const worker = typeScriptWorker(new URL('./workers/digest-documents.ts', import.meta.url), { contactPoints });
  await once(worker, 'message'); // it is connected; an error of the worker rejects
  return worker;
}

async function digest(worker: Worker, shelves: Task): Promise<Answer> {
  worker.postMessage(shelves);
  const [answer] = (await once(worker, 'message')) as [Answer];
  return answer;
}

/** How many documents a second a number of workers get through, each with its part of the shelves. */
async function measure(count: number): Promise<number> {
  const workers = await Promise.all(Array.from({ length: count }, startWorker));
  const since = performance.now();
  const part = (index: number): Task => SHELVES.filter((shelf) => shelf % count === index);
  const answers = await Promise.all(workers.map((worker, index) => digest(worker, part(index))));
  const documents = answers.reduce((sum, answer) => sum + answer.documents, 0);
  const perSecond = (documents / (performance.now() - since)) * 1_000;
  // What all digests come to does not depend on who has made which.
  const checksum = answers.reduce((sum, answer) => sum ^ answer.checksum, 0);
  const parts = answers.map((answer) => answer.documents).join(' + ');
  console.log(`workers: ${count}, documents: ${parts}, checksum: ${checksum}, per second: ${perSecond.toFixed(0)}`);
  return perSecond;
}

const alone = await measure(1);
const together = await measure(2);
console.log(`ratio: ${(together / alone).toFixed(2)}`);

await lastValueFrom(session.execute('DROP KEYSPACE rxcql_workers'));
await lastValueFrom(session.close());
