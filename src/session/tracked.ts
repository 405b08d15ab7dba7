import { Observable, tap } from 'rxjs';
import type { Page } from '../operators/page.js';
import type { Job } from './job.js';
import { type RequestEnd, type RequestStart, RequestTracking } from './request-tracking.js';

/** The pages of a job, of whose request everything is told. */
export function tracked<R>(
  pages: Observable<Page<R>>,
  job: Job,
  kind: RequestStart['kind'],
  now: () => number,
): Observable<Page<R>> {
  return new Observable((subscriber) => {
    const since = now();
    const tracking = (job.tracking = new RequestTracking(kind, job.cql, job.size));
    const end = (outcome: RequestEnd['outcome'], error?: unknown): void => tracking.end(outcome, now() - since, error);
    return pages
      .pipe(
        tap({
          complete: () => end('completed'),
          error: (error: unknown) => end('failed', error),
          unsubscribe: () => end('unsubscribed'),
        }),
      )
      .subscribe(subscriber);
  });
}
