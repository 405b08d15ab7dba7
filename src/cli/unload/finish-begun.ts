import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { ScanPage } from '../../etl/scan-page.js';

/**
 * Passes the pages of a scan on; from when `stopping` emits, only those of ranges that have been begun, and completes when these have been read whole. The first
 * page of another range stays unread, so that no more of it is fetched.
 */
export function finishBegun<R>(stopping: Observable<unknown>): MonoTypeOperatorFunction<ScanPage<R>> {
  return (source) =>
    new Observable((subscriber) => {
      const begun = new Set<string>();
      let isStopping = false;
      const endIfDone = (): void => {
        if (isStopping && begun.size === 0) subscriber.complete();
      };
      subscriber.add(
        stopping.subscribe(() => {
          isStopping = true;
          endIfDone();
        }),
      );
      if (subscriber.closed) return undefined;
      return source.subscribe({
        next: (page) => {
          const { id } = page.range;
          if (isStopping && !begun.has(id)) return;
          if (page.lastOfRange || page.error !== undefined) begun.delete(id);
          else begun.add(id);
          subscriber.next(page);
          endIfDone();
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}
