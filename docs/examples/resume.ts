// A query that goes on where it stopped: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/resume.ts`.
import { catchError, concatMap, count, type Observable, switchMap, take, throwError, timer } from 'rxjs';
import { connect, type CqlError, type Page, type Session } from 'rxcql';

/** All pages of a statement. Where a page cannot be fetched it is asked for again, `attempts` times in all. */
function allPages(session: Session, statement: string, attempts = 5, pagingState?: Uint8Array): Observable<Page> {
  return session.query(statement, [], pagingState && { pagingState }).pipe(
    catchError((error: CqlError) => {
      if (attempts === 1) return throwError(() => error);
      return timer(1_000).pipe(switchMap(() => allPages(session, statement, attempts - 1, error.pagingState)));
    }),
  );
}

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');

connect({ contactPoints })
  .pipe(
    switchMap((session) =>
      allPages(session, 'SELECT * FROM system_schema.columns').pipe(
        concatMap((page) => page),
        count(), // emits when all rows have been read
      ),
    ),
    take(1), // and then the session may be left
  )
  .subscribe({
    next: (columns) => console.log(`${columns} columns`),
    error: (error: Error) => console.error(error.message),
  });
