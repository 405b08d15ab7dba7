import type { Observable, Subscription } from 'rxjs';
import type { Admission } from './admission.js';
import type { Waiting } from './lanes.js';

/** What one request waits for besides answers: one thing after another. */
export class Waits {
  private readonly admission: Admission;
  private readonly request: Waiting;
  private readonly onError: (error: unknown) => void;
  private waiting: Subscription | undefined;

  constructor(admission: Admission, request: Waiting, onError: (error: unknown) => void) {
    this.admission = admission;
    this.request = request;
    this.onError = onError;
  }

  /** Whether something is waited for. */
  get isWaiting(): boolean {
    return this.waiting?.closed === false;
  }

  /** Lets others that wait for a place go first. @throws ThrottleError if too many do. */
  forPlace(): void {
    this.admission.wait(this.request);
  }

  /** Like {@link for}, of a request that was not sent yet. @throws ThrottleError if too many wait so. */
  toBegin<T>(source: Observable<T>, then: (value: T | undefined) => void): void {
    this.admission.holdNew(this.request);
    this.follow(source, then);
  }

  /** Goes on when `source` has completed, with what it last emitted; gives up when the time of the request is over. */
  for<T>(source: Observable<T>, then: (value: T | undefined) => void): void {
    this.admission.hold(this.request);
    this.follow(source, then);
  }

  /** Goes on when `source` has completed, however long that takes. */
  follow<T>(source: Observable<T>, then: (value: T | undefined) => void): void {
    let value: T | undefined;
    const waiting = source.subscribe({
      next: (emitted) => (value = emitted),
      error: (error: unknown) => {
        this.admission.release(this.request);
        this.onError(error);
      },
      complete: () => {
        this.admission.release(this.request);
        // It is over, though it is not closed before this has returned.
        this.waiting = undefined;
        then(value);
      },
    });
    // What has completed already may have begun the next wait.
    if (!waiting.closed) this.waiting = waiting;
  }

  unsubscribe(): void {
    this.waiting?.unsubscribe();
    this.admission.release(this.request);
  }
}
