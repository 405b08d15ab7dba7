// Copies a table, and goes on where it was when it is started again: after an error, Ctrl-C, or a SIGKILL.
import { concatMap, count, endWith, ignoreElements, lastValueFrom, of, tap } from 'rxjs';
import { createSession, type Page } from 'rxcql';
import { checkpoint, checkpointFile, resume, scan, tokenRanges, writeTo } from 'rxcql/etl';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const [from = 'shop.orders', to = 'archive.orders', journal = 'orders.journal'] = process.argv.slice(2);
const session = createSession({ contactPoints });
const insert = `INSERT INTO ${to} (id, total, note) VALUES (:id, :total, :note)`;

const store = checkpointFile(journal);
const ranges = resume(store, tokenRanges(session, from, { splits: 64 }), { from, to });
const copied = scan(session, from, { ranges, pageSize: 500 }).pipe(
  concatMap((page) =>
    of<Page>(page).pipe(
      writeTo(session, insert, { concurrency: 64 }),
      tap((outcome) => {
        if (outcome.kind === 'failed') throw outcome.error; // what was not written is not done
      }),
      ignoreElements(),
      endWith(page),
    ),
  ),
  checkpoint(store),
);
console.log(`${await lastValueFrom(copied.pipe(count()))} pages were copied`);
await lastValueFrom(session.close());
