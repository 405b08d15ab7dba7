import { InnerReceiver } from '../../operators/inner-receiver.js';
import type { Page } from '../../operators/page.js';
import type { Placed } from '../../operators/subscriptions.js';
import type { Params } from '../bind.js';
import type { Statement } from '../statement-job.js';
import type { ExecutionResult } from './execution-result.js';

/** What places report to. */
export interface Places<R> {
  received(place: Place<R>, page: Page<R>): void;
  fetched(place: Place<R>): void;
  failed(place: Place<R>, error: unknown): void;
}

/**
 * One of the places that elements are worked on in: taken by one until the last page of its result has been emitted. It receives each of them.
 */
export class Place<R> extends InnerReceiver<Page<R>> implements Placed {
  place = -1;
  readonly index: number;
  statement: Statement = '';
  /** What failures tell of the values. */
  given: Params | undefined = undefined;
  /** The values as they were at first: a source may put those of the next element into the same array. */
  params: Params | undefined = undefined;
  /** Where the next page begins that is to be fetched. */
  pagingState: Buffer | undefined = undefined;
  /** In ordered mode: what has come before its turn. */
  readonly results: ExecutionResult<R>[] | undefined;
  /** In ordered mode: whether there are more pages, which are fetched when its turn has come. */
  isWaiting = false;
  isDone = false;
  private readonly places: Places<R>;

  constructor(places: Places<R>, index: number, results: ExecutionResult<R>[] | undefined) {
    super();
    this.places = places;
    this.index = index;
    this.results = results;
  }

  protected onNext(page: Page<R>): void {
    this.places.received(this, page);
  }

  protected onError(error: unknown): void {
    this.places.failed(this, error);
  }

  protected onComplete(): void {
    this.places.fetched(this);
  }
}
