import { type Observable, Subscriber, Subscription, type TeardownLogic, type Unsubscribable } from 'rxjs';
import { DirectSource, type Receiver } from './direct-source.js';

/**
 * What receives from one inner source of many: there is one of it for each request or row. A {@link DirectSource} is begun without a
 * Subscriber, whose price is a tenth of a request's.
 */
export abstract class InnerReceiver<T> implements Receiver<T>, Unsubscribable {
  closed = false;
  private ending: Unsubscribable | undefined = undefined;

  protected abstract onNext(value: T): void;
  /** The source has failed, and is left. */
  protected abstract onError(error: unknown): void;
  /** The source has completed, and is left. */
  protected abstract onComplete(): void;

  /** Begins the source; or another one when that has ended. */
  begin(source: Observable<T>): void {
    this.closed = false;
    if (source instanceof DirectSource) {
      this.beginDirectly(source as DirectSource<T>);
    } else {
      // It may have to be left while it is being subscribed.
      const subscriber = new ReceivingSubscriber(this);
      this.ending = subscriber;
      source.subscribe(subscriber);
    }
  }

  private beginDirectly(source: DirectSource<T>): void {
    const ending = source.start(this);
    // It may have ended, and another one have been begun.
    if (this.closed || this.ending !== undefined) ending.unsubscribe();
    else this.ending = ending;
  }

  next(value: T): void {
    if (!this.closed) this.onNext(value);
  }

  error(error: unknown): void {
    if (this.closed) return;
    this.unsubscribe();
    this.onError(error);
  }

  complete(): void {
    if (this.closed) return;
    this.unsubscribe();
    this.onComplete();
  }

  unsubscribe(): void {
    const { ending } = this;
    this.closed = true;
    this.ending = undefined;
    ending?.unsubscribe();
  }
}

/** A Subscriber of which there are many. What ends its source is mostly a single object, for which RxJS would keep a list. */
class ReceivingSubscriber<T> extends Subscriber<T> {
  private readonly receiver: Receiver<T>;
  private ending: Unsubscribable | undefined = undefined;

  constructor(receiver: Receiver<T>) {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way to make a Subscriber
    super();
    this.receiver = receiver;
  }

  protected override _next(value: T): void {
    this.receiver.next(value);
  }

  protected override _error(error: unknown): void {
    this.receiver.error(error);
  }

  protected override _complete(): void {
    this.receiver.complete();
  }

  override add(teardown: TeardownLogic): void {
    // A Subscription has to know whom it belongs to; what comes too late is ended at once.
    const isPlain = typeof teardown === 'object' && !(teardown instanceof Subscription);
    if (isPlain && this.ending === undefined && !this.closed) this.ending = teardown;
    else super.add(teardown);
  }

  override unsubscribe(): void {
    const { ending } = this;
    this.ending = undefined;
    super.unsubscribe();
    ending?.unsubscribe();
  }
}
