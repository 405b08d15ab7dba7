import { from, Observable, type ObservableInput, type OperatorFunction, Subscription } from 'rxjs';

/**
 * Projects one value at a time, like `exhaustMap`, but of those that come meanwhile the last is projected afterwards: work that
 * was asked for while it was being done is done once more, and no queue grows.
 */
export function onceMore<T, R>(project: (value: T) => ObservableInput<R>): OperatorFunction<T, R> {
  return (source) =>
    new Observable((subscriber) => {
      let waiting: { readonly value: T } | undefined;
      let isBusy = false;
      let isDone = false;
      const begin = (): void => {
        while (!isBusy && waiting !== undefined) {
          const { value } = waiting;
          waiting = undefined;
          isBusy = true;
          const work = new Subscription();
          subscriber.add(work);
          work.add(
            from(project(value)).subscribe({
              next: (result) => subscriber.next(result),
              error: (error: unknown) => subscriber.error(error),
              complete: () => {
                isBusy = false;
                subscriber.remove(work);
                if (waiting === undefined && isDone) subscriber.complete();
                else begin();
              },
            }),
          );
        }
      };
      subscriber.add(
        source.subscribe({
          next: (value) => {
            waiting = { value };
            begin();
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            isDone = true;
            if (!isBusy) subscriber.complete();
          },
        }),
      );
    });
}
