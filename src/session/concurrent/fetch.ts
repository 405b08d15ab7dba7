import type { Page } from '../../operators/page.js';
import { SingleSubscriber } from '../../operators/single-subscriber.js';
import type { Placed } from '../../operators/subscriptions.js';
import type { Place } from './place.js';

/** What fetches report to. */
export interface Fetches<R> {
  received(place: Place<R>, page: Page<R>): void;
  fetched(fetch: Fetch<R>, place: Place<R>): void;
  failed(fetch: Fetch<R>, place: Place<R>, error: unknown): void;
}

/** Waits for one page of an element. */
export class Fetch<R> extends SingleSubscriber<Page<R>> implements Placed {
  place = -1;
  private readonly fetches: Fetches<R>;
  private readonly of: Place<R>;

  constructor(fetches: Fetches<R>, place: Place<R>) {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way to make a Subscriber
    super();
    this.fetches = fetches;
    this.of = place;
  }

  protected override _next(page: Page<R>): void {
    this.fetches.received(this.of, page);
  }

  protected override _error(error: unknown): void {
    this.unsubscribe();
    this.fetches.failed(this, this.of, error);
  }

  protected override _complete(): void {
    this.unsubscribe();
    this.fetches.fetched(this, this.of);
  }
}
