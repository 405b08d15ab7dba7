// Several processes, each with a session of its own: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/processes.ts`.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { count, lastValueFrom } from 'rxjs';
import { createSession, mergeRows } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');

const me = fileURLToPath(import.meta.url);
if (process.send === undefined) {
  const children = ['system', 'system_schema'].map((keyspace) => fork(me, [keyspace]));
  const counts = await Promise.all(children.map((child) => once(child, 'message')));
  console.log(counts.map(([columns]) => Number(columns) > 0).join());
} else {
  const session = createSession({ contactPoints, maxConcurrent: 1_000 });
  const columns = session
    .query<{ column_name: string }>('SELECT column_name FROM system_schema.columns WHERE keyspace_name = ?', [
      process.argv[2],
    ])
    .pipe(
      mergeRows(({ column_name }) => [column_name.toUpperCase()], 16), // what takes a core
      count(),
    );
  process.send(await lastValueFrom(columns));
  await lastValueFrom(session.close());
  process.disconnect();
}
