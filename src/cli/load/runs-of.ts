import { Observable, type OperatorFunction, ReplaySubject } from 'rxjs';

/** What came one after another with the same key. */
export interface Run<K, T> {
  readonly key: K;
  readonly values: Observable<T>;
}

/**
 * Cuts a source where its key changes. A run ends when the next one begins, which keeps the last that came until somebody subscribes: so the
 * source is one that waits until each has been taken, as pages do.
 */
export function runsOf<T, K>(keyOf: (value: T) => K): OperatorFunction<T, Run<K, T>> {
  return (source) =>
    new Observable((subscriber) => {
      let run: { readonly key: K; readonly values: ReplaySubject<T> } | undefined;
      return source.subscribe({
        next: (value) => {
          let key: K;
          try {
            key = keyOf(value);
          } catch (error) {
            subscriber.error(error);
            return;
          }
          if (run !== undefined && run.key === key) {
            run.values.next(value);
            return;
          }
          run?.values.complete();
          run = { key, values: new ReplaySubject<T>(1) };
          run.values.next(value);
          subscriber.next(run);
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          run?.values.complete();
          subscriber.complete();
        },
      });
    });
}
