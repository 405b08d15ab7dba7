import { lastValueFrom } from 'rxjs';
import { createSession, executeConcurrent, type Params, type SessionOptions } from 'rxcql';

export const DOCUMENTS = 4_000;

/** 40 MB in all: more than sockets keep for a client that does not read. */
const text = 'All work and no play makes Jack a dull boy. '.repeat(230);

function* madeUpDocuments(): Generator<Params> {
  for (let id = 0; id < DOCUMENTS; id++) yield [id, text];
}

/** Makes the keyspace and its table, and fills it. */
export async function createDocuments(options: SessionOptions): Promise<void> {
  await using session = createSession(options);
  for (const statement of [
    "CREATE KEYSPACE IF NOT EXISTS rxcql_fastify WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
    'CREATE TABLE IF NOT EXISTS rxcql_fastify.documents (id int PRIMARY KEY, text text)',
  ]) {
    await lastValueFrom(session.execute(statement));
  }
  const insert = 'INSERT INTO rxcql_fastify.documents (id, text) VALUES (?, ?)';
  await lastValueFrom(executeConcurrent(session, insert, madeUpDocuments, { concurrency: 64, ordered: false }));
}

export async function dropDocuments(options: SessionOptions): Promise<void> {
  await using session = createSession(options);
  await lastValueFrom(session.execute('DROP KEYSPACE rxcql_fastify'));
}
