import { Subscriber, Subscription, type TeardownLogic, type Unsubscribable } from 'rxjs';

/**
 * A Subscriber of which there is one for each request or row. What ends its source is mostly a single object, for which RxJS would keep
 * a list. Not a plain observer, which could not be left while it is being subscribed.
 */
export abstract class SingleSubscriber<T> extends Subscriber<T> {
  private ending: Unsubscribable | undefined = undefined;

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
