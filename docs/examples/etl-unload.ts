// Unloads a table into CSV files, and goes on where it was when it is started again: after an error, Ctrl-C, or a SIGKILL.
import { join } from 'node:path';
import { lastValueFrom, type Observable, tap, toArray } from 'rxjs';
import { createSession, type Page } from 'rxcql';
import { checkpointFile, resume, scan, toCsv, tokenRanges } from 'rxcql/etl';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const [table = 'shop.orders', folder = 'orders', splits = '64'] = process.argv.slice(2);
const session = createSession({ contactPoints });

const journal = checkpointFile(join(folder, 'rxcql.journal'));
const left = resume(journal, tokenRanges(session, table, { splits: Number(splits) }), { table });
const pages: Observable<Page> = scan(session, table, { ranges: left });
const unloaded = pages.pipe(
  toCsv({ folder, compress: 'gzip' }),
  tap(({ file, rows }) => console.log(`${file}: ${rows} rows`)),
);
const files = await lastValueFrom(unloaded.pipe(toArray()));
console.log(`${files.length} files were written`);
await lastValueFrom(session.close());
