// Unloads a table into CSV files by any number of machines: started on each of them, with Redis, and a folder that all of them have. Whatever
// becomes of some of them, the others go on with their ranges.
import { concat, lastValueFrom, type Observable, tap } from 'rxjs';
import { createSession, type Page } from 'rxcql';
import { scan, toCsv, tokenRanges } from 'rxcql/etl';
import { addRanges, processRanges, queueProgress, type RangeQueue } from 'rxcql/etl/bullmq';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const [host = '127.0.0.1', port = '6379'] = (process.env['REDIS'] ?? '').split(':');
const [table = 'shop.orders', folder = 'orders', seconds = '30'] = process.argv.slice(2);
const session = createSession({ contactPoints });

const queue: RangeQueue = {
  name: `unload-${table}`,
  connection: { host, port: Number(port) },
  header: { table, format: 'csv.gz' },
};
const added = addRanges(queue, tokenRanges(session, table, { splits: 32 }));
const unloaded = processRanges(
  queue,
  (range) => {
    const pages: Observable<Page> = scan(session, table, { ranges: [range] });
    return pages.pipe(toCsv({ folder, compress: 'gzip', checkpoint: false }));
  },
  { concurrency: 4, lockDuration: 1_000 * Number(seconds), stalledInterval: 1_000 * Number(seconds) },
).pipe(
  tap((outcome) => {
    if (outcome.kind === 'completed') console.log(`${outcome.range.id}: ${outcome.rows} rows`);
    else console.log(`${outcome.range.id} ${outcome.kind}`);
  }),
);
await lastValueFrom(concat(added, unloaded));

const { rows, ranges } = await lastValueFrom(queueProgress(queue));
console.log(`${rows} rows in ${ranges} ranges`);
await lastValueFrom(session.close());
