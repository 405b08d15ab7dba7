import {
  defer,
  Observable,
  type ObservableInput,
  type OperatorFunction,
  type Subscriber,
  type Subscription,
} from 'rxjs';

/**
 * Projects one value at a time, like `exhaustMap`, but of those that come meanwhile the last is projected afterwards: work that
 * was asked for while it was being done is done once more, and no queue grows.
 */
export function onceMore<T, R>(project: (value: T) => ObservableInput<R>): OperatorFunction<T, R> {
  return (source) =>
    new Observable((subscriber) => {
      const worker = new Worker(project, subscriber);
      subscriber.add(
        source.subscribe({
          next: (value) => worker.ask(value),
          error: (error: unknown) => subscriber.error(error),
          complete: () => worker.finish(),
        }),
      );
    });
}

class Worker<T, R> {
  private readonly project: (value: T) => ObservableInput<R>;
  private readonly subscriber: Subscriber<R>;
  private waiting: { readonly value: T } | undefined;
  private isBusy = false;
  private isFinished = false;
  private isStarting = false;

  constructor(project: (value: T) => ObservableInput<R>, subscriber: Subscriber<R>) {
    this.project = project;
    this.subscriber = subscriber;
  }

  ask(value: T): void {
    this.waiting = { value };
    this.goOn();
  }

  /** Completes when there is nothing to do any more. */
  finish(): void {
    this.isFinished = true;
    this.goOn();
  }

  /** A loop, since work may end while it is being started. */
  private goOn(): void {
    if (this.isStarting) return;
    this.isStarting = true;
    while (!this.isBusy && this.waiting !== undefined && !this.subscriber.closed) {
      const { value } = this.waiting;
      this.waiting = undefined;
      this.isBusy = true;
      this.start(value);
    }
    this.isStarting = false;
    if (this.isFinished && !this.isBusy) this.subscriber.complete();
  }

  private start(value: T): void {
    const { subscriber } = this;
    const work: Subscription = defer(() => this.project(value)).subscribe({
      next: (result) => subscriber.next(result),
      error: (error: unknown) => subscriber.error(error),
      complete: () => {
        this.isBusy = false;
        this.goOn();
      },
    });
    // What is over is not kept for as long as there is work.
    work.add(() => subscriber.remove(work));
    subscriber.add(work);
  }
}
