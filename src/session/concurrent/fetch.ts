import { InnerReceiver } from '../../operators/inner-receiver.js';
import type { Page } from '../../operators/page.js';
import type { Placed } from '../../operators/subscriptions.js';
import type { Place } from './place.js';

/** What fetches report to. */
export interface Fetches<R> {
  received(place: Place<R>, page: Page<R>): void;
  fetched(fetch: Fetch<R>, place: Place<R>): void;
  failed(fetch: Fetch<R>, place: Place<R>, error: unknown): void;
}

/** Waits for one page of an element. */
export class Fetch<R> extends InnerReceiver<Page<R>> implements Placed {
  place = -1;
  private readonly fetches: Fetches<R>;
  private readonly of: Place<R>;

  constructor(fetches: Fetches<R>, place: Place<R>) {
    super();
    this.fetches = fetches;
    this.of = place;
  }

  protected onNext(page: Page<R>): void {
    this.fetches.received(this.of, page);
  }

  protected onError(error: unknown): void {
    this.fetches.failed(this, this.of, error);
  }

  protected onComplete(): void {
    this.fetches.fetched(this, this.of);
  }
}
