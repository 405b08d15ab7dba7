import type { Observable, Unsubscribable } from 'rxjs';
import type { Page } from '../../operators/page.js';
import type { Placed } from '../../operators/subscriptions.js';
import { ExecutionOf } from '../execution-of.js';
import type { PageReceiver } from '../page-receiver.js';
import type { Place } from './place.js';

/** What fetches report to. */
export interface Fetches<R> {
  received(place: Place<R>, page: Page<R>): void;
  fetched(fetch: Fetch<R>, place: Place<R>): void;
  failed(fetch: Fetch<R>, place: Place<R>, error: unknown): void;
}

/** Waits for one page of an element. */
export class Fetch<R> implements PageReceiver<R>, Placed {
  place = -1;
  closed = false;
  private readonly fetches: Fetches<R>;
  private readonly of: Place<R>;
  private request: Unsubscribable | undefined = undefined;

  constructor(fetches: Fetches<R>, place: Place<R>) {
    this.fetches = fetches;
    this.of = place;
  }

  begin(page: Observable<Page<R>>): void {
    const request = page instanceof ExecutionOf ? (page as ExecutionOf<R>).start(this) : page.subscribe(this);
    if (this.closed) request.unsubscribe();
    else this.request = request;
  }

  next(page: Page<R>): void {
    if (!this.closed) this.fetches.received(this.of, page);
  }

  error(error: unknown): void {
    if (this.closed) return;
    this.unsubscribe();
    this.fetches.failed(this, this.of, error);
  }

  complete(): void {
    if (this.closed) return;
    this.unsubscribe();
    this.fetches.fetched(this, this.of);
  }

  unsubscribe(): void {
    const { request } = this;
    this.closed = true;
    this.request = undefined;
    request?.unsubscribe();
  }
}
