// Copies a table by copy(), and goes on where it was when it is started again. Says how many rows were copied.
import { count, lastValueFrom, tap } from 'rxjs';
import { createSession } from 'rxcql';
import { checkpointFile, copy, tokenRanges } from 'rxcql/etl';

const contactPoints = process.env['CASSANDRA_CONTACT_POINTS']!.split(',');
const [from, to, journal] = process.argv.slice(2) as [string, string, string];
const session = createSession({ contactPoints });
const copied = copy(
  { session, table: from },
  { session, table: to },
  { checkpoint: checkpointFile(journal), ranges: tokenRanges(session, from, { splits: 64 }), pageSize: 500 },
).pipe(
  tap((outcome) => {
    if (outcome.kind === 'failed') throw outcome.error;
  }),
  count(),
);
console.log(`${await lastValueFrom(copied)} rows were copied`);
await lastValueFrom(session.close());
