import { Observable, type Observer, type Unsubscribable } from 'rxjs';

/** Who is told what a source emits. Every Subscriber is one; who has one for each request or row may have something lighter. */
export interface Receiver<T> extends Observer<T> {
  /** Whether it wants nothing any more. */
  readonly closed: boolean;
}

/** An Observable that can be begun for a receiver that RxJS need not watch over: it knows by itself what comes once, and what not any more. */
export abstract class DirectSource<T> extends Observable<T> {
  /** What subscribing does. Returned is what leaves it. */
  abstract start(receiver: Receiver<T>): Unsubscribable;
}
