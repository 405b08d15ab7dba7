import { connect } from 'rxcql';
import { startCassandra } from 'rxcql/testing';
import { concatMap, switchMap, take } from 'rxjs';

startCassandra()
  .pipe(
    switchMap(({ contactPoints }) => connect({ contactPoints })),
    switchMap((session) => session.query('SELECT keyspace_name, table_name FROM system_schema.tables')),
    concatMap((page) => page),
    take(5),
  )
  .subscribe({
    next: (row) => console.log(`${row.keyspace_name}.${row.table_name}`),
    error: (error: Error) => console.error(error.message),
  });
