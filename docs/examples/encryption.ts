// Encrypted columns, as docs/encryption.md shows them: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/encryption.ts`.
import { randomBytes } from 'node:crypto';
import { count, EMPTY, from, lastValueFrom, mergeMap } from 'rxjs';
import {
  createSession,
  encryptedColumns,
  type EncryptedColumnOptions,
  type EncryptionKey,
  type EncryptionKeyProvider,
  mergeRows,
  type Session,
} from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');

/** In place of what has the keys. */
const fetchKeys = (): Promise<EncryptionKey[]> => Promise.resolve([{ id: '2025', key: randomBytes(32) }]);

const keys: EncryptionKey[] = await fetchKeys();
const columns: EncryptedColumnOptions[] = [
  { column: 'rxcql_encryption.users.email', type: 'text', deterministic: '2025' },
  { column: 'rxcql_encryption.users.phone', type: 'text' },
];
const session = createSession({ contactPoints, codecs: encryptedColumns({ keys, columns }) });

const run = (by: Session, ...args: Parameters<Session['execute']>) => lastValueFrom(by.execute(...args));
await run(session, 'DROP KEYSPACE IF EXISTS rxcql_encryption');
await run(
  session,
  `CREATE KEYSPACE rxcql_encryption WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
);
await run(session, 'CREATE TABLE rxcql_encryption.users (email blob PRIMARY KEY, phone blob)');

const insert = 'INSERT INTO rxcql_encryption.users (email, phone) VALUES (?, ?)';
const select = 'SELECT email, phone FROM rxcql_encryption.users WHERE email = ?';
await run(session, insert, ['ada@example.com', '+44 20 7946 0000']);
console.log((await run(session, select, ['ada@example.com'])).one());

// Without the keys there is nothing to be seen.
const stranger = createSession({ contactPoints });
const stored = (await run(stranger, 'SELECT phone FROM rxcql_encryption.users')).one()['phone'] as Buffer;
console.log(stored.length, stored.includes('7946'));

// A new key stands before the others, and encrypts from now on.
const newest = { id: '2026', key: randomBytes(32) };
const rotated = createSession({ contactPoints, codecs: encryptedColumns({ keys: [newest, ...keys], columns }) });

// What was written before is written again, a microsecond later than it was: whatever has changed since then stays.
const written = 'SELECT email, phone, writetime(phone) AS at FROM rxcql_encryption.users';
const rewrite = 'UPDATE rxcql_encryption.users USING TIMESTAMP ? SET phone = ? WHERE email = ?';
const rewritten = rotated.query<{ email: string; phone: string | null; at: bigint }>(written).pipe(
  mergeRows(({ email, phone, at }) => (phone === null ? EMPTY : rotated.execute(rewrite, [at + 1n, phone, email])), 64),
  count(),
);
console.log('written again:', await lastValueFrom(rewritten));

// Keys from a function, which is asked for each value.
const byId = new Map([newest, ...keys].map((key) => [key.id, key]));
const current = { id: '2026' };
const provider: EncryptionKeyProvider = (id) => byId.get(id ?? current.id);
const provided = createSession({ contactPoints, codecs: encryptedColumns({ keys: provider, columns }) });
console.log((await run(provided, select, ['ada@example.com'])).rowCount);

await lastValueFrom(from([session, stranger, rotated, provided]).pipe(mergeMap((each) => each.close())));
