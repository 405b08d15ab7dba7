/**
 * Leaving an Observable cannot wait, but a Cassandra takes a while to go. What is still on its way out is kept here, for
 * those who need the addresses that it holds.
 */
import { defer, EMPTY, ignoreElements, merge, ReplaySubject, catchError, finalize, type Observable } from 'rxjs';

const departures = new Set<Observable<never>>();

/** Does `work` now, without anybody having to stay subscribed. Its errors are of no interest to anybody any more. */
export function depart(work: Observable<unknown>): void {
  const gone = new ReplaySubject<never>();
  departures.add(gone);
  work
    .pipe(
      ignoreElements(),
      catchError(() => EMPTY),
      finalize(() => departures.delete(gone)),
    )
    .subscribe(gone);
}

/** Completes when everything that is departing at the moment of the subscription has gone. */
export const departed: Observable<never> = defer(() => merge(...departures));
