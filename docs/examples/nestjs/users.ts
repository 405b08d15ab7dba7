import { lastValueFrom } from 'rxjs';
import { createSession, executeConcurrent, type SessionOptions } from 'rxcql';

const NAMES = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Donald'];

/** Makes the keyspace and its table, and fills it. */
export async function createUsers(options: SessionOptions): Promise<void> {
  await using session = createSession(options);
  for (const statement of [
    "CREATE KEYSPACE IF NOT EXISTS rxcql_nestjs WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
    'CREATE TABLE IF NOT EXISTS rxcql_nestjs.users (id int PRIMARY KEY, name text)',
  ]) {
    await lastValueFrom(session.execute(statement));
  }
  const users = Array.from({ length: 1_000 }, (_, id) => ({ id, name: NAMES[id % NAMES.length] }));
  await lastValueFrom(
    executeConcurrent(session, 'INSERT INTO rxcql_nestjs.users (id, name) VALUES (:id, :name)', users),
  );
}

export async function dropUsers(options: SessionOptions): Promise<void> {
  await using session = createSession(options);
  await lastValueFrom(session.execute('DROP KEYSPACE rxcql_nestjs'));
}
