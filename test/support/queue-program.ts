// A machine that unloads the ranges of a queue, page by page and slowly, so that it can be killed in the middle of one.
import { concatMap, delay, lastValueFrom, type Observable, of, tap } from 'rxjs';
import { createSession, type Page } from 'rxcql';
import { scan, toCsv } from 'rxcql/etl';
import { processRanges } from 'rxcql/etl/bullmq';

const contactPoints = process.env['CASSANDRA_CONTACT_POINTS']!.split(',');
const [table, folder, port] = process.argv.slice(2) as [string, string, string];
const session = createSession({ contactPoints });
const queue = { name: 'machines', connection: { port: Number(port) }, header: { table } };
const outcomes = processRanges(
  queue,
  (range) => {
    const pages: Observable<Page> = scan(session, table, { ranges: [range], pageSize: 25 });
    return pages.pipe(
      concatMap((page) => of(page).pipe(delay(30))),
      toCsv({ folder, checkpoint: false }),
    );
  },
  { concurrency: 2, lockDuration: 1_000, stalledInterval: 500, every: 100 },
).pipe(tap(({ kind, range }) => console.log(kind, range.id)));
await lastValueFrom(outcomes);
await lastValueFrom(session.close());
