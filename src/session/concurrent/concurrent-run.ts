import type { Observable, Subscriber } from 'rxjs';
import { Fifo } from '../../operators/fifo.js';
import type { Page } from '../../operators/page.js';
import { Subscriptions } from '../../operators/subscriptions.js';
import { putOff, type PutOff } from '../../together.js';
import type { Elements, Taker } from './elements.js';
import { type ElementSource, elementsOf } from './elements-of.js';
import type { ExecutionResult } from './execution-result.js';
import { Place, type Places } from './place.js';
import type { Work } from './work.js';

/** How elements are worked on. */
export interface Concurrency {
  readonly concurrency: number;
  readonly ordered: boolean;
  readonly failFast: boolean;
}

/**
 * ```
 * elements --take--> place --fetch--> page --> result --> subscriber
 *   ^                  ^               |
 *   |                  '-- more pages -'   (ordered: when its turn has come)
 *   '--- a place is free: its last page has been emitted
 * ```
 *
 * One subscription of `executeConcurrent()`.
 */
export class ConcurrentRun<T, R> implements Taker, Places<R>, PutOff {
  /** @internal */
  isPutOff = false;
  private readonly subscriber: Subscriber<ExecutionResult<R>>;
  private readonly work: Work<R>;
  private readonly concurrency: number;
  private readonly isFailFast: boolean;
  private readonly elements: Elements<T>;

  private index = 0;
  private active = 0;
  /** Those in which something is being waited for. */
  private readonly waiting = new Subscriptions<Place<R>>();
  /** Places whose next page is to be fetched. */
  private readonly continuing = new Fifo<Place<R>>();
  /** In ordered mode: all places that are taken, the oldest first. */
  private readonly turns: Fifo<Place<R>> | undefined;
  private isSourceDone = false;
  private sourceFailure: { readonly error: unknown } | undefined;
  private isDraining = false;
  private isAdvancing = false;

  /** @throws ConfigurationError for a source that is none. */
  constructor(
    source: ElementSource<T>,
    work: Work<R>,
    { concurrency, ordered, failFast }: Concurrency,
    subscriber: Subscriber<ExecutionResult<R>>,
  ) {
    this.subscriber = subscriber;
    this.work = work;
    this.concurrency = concurrency;
    this.isFailFast = failFast;
    this.turns = ordered ? new Fifo() : undefined;
    this.elements = elementsOf(source, this);
  }

  start(): void {
    this.elements.start();
    this.proceed();
  }

  unsubscribe(): void {
    this.elements.leave();
    this.waiting.unsubscribe();
    this.continuing.clear();
    this.turns?.clear();
  }

  wake(): void {
    this.proceed();
  }

  sourceFailed(error: unknown): void {
    // Otherwise what came before is worked off first.
    if (this.isFailFast) this.subscriber.error(error);
    else this.proceed();
  }

  received(place: Place<R>, page: Page<R>): void {
    place.pagingState = page.pagingState;
    this.hand(place, { index: place.index, ok: true, page });
  }

  fetched(place: Place<R>): void {
    this.waiting.delete(place);
    if (place.pagingState === undefined) {
      this.finish(place);
      return;
    }
    if (this.turns === undefined || this.turns.first === place) this.continuing.push(place);
    else place.isWaiting = true;
    putOff(this);
  }

  failed(place: Place<R>, error: unknown): void {
    this.waiting.delete(place);
    if (this.isFailFast) {
      this.subscriber.error(error);
      return;
    }
    const params = place.given as Readonly<Record<string, unknown>>;
    this.hand(place, { index: place.index, ok: false, error: error as Error, params });
    this.finish(place);
  }

  private hand(place: Place<R>, result: ExecutionResult<R>): void {
    if (this.turns === undefined) {
      this.subscriber.next(result);
    } else {
      place.results!.push(result);
      this.advance();
    }
  }

  private finish(place: Place<R>): void {
    place.isDone = true;
    if (this.turns === undefined) this.active--;
    else this.advance();
    putOff(this);
  }

  /** Works while there is a place and an element. What is there at once only makes room: no stack grows. */
  proceed(): void {
    if (this.isDraining) return;
    this.isDraining = true;
    while (!this.subscriber.closed) {
      const place = this.continuing.shift();
      if (place !== undefined) this.fetch(place);
      else if (this.active >= this.concurrency || !this.begin()) break;
    }
    this.isDraining = false;
    if (this.isSourceDone && this.active === 0) this.end();
  }

  /** Begins work on the next element; false if there is none yet, or no more. */
  private begin(): boolean {
    if (this.isSourceDone) return false;
    let taken: IteratorResult<T, unknown> | undefined;
    try {
      taken = this.elements.take();
    } catch (error) {
      if (this.isFailFast) this.subscriber.error(error);
      this.sourceFailure = { error };
      this.isSourceDone = true;
      return false;
    }
    // To take it may have been what made somebody leave.
    if (taken === undefined || this.subscriber.closed) return false;
    if (taken.done === true) {
      this.isSourceDone = true;
      return false;
    }
    this.beginWith(taken.value);
    return true;
  }

  private beginWith(element: T): void {
    const place = new Place<R>(this, this.index++, this.turns && []);
    this.active++;
    this.turns?.push(place);
    try {
      this.work.take(place, element);
    } catch (error) {
      this.failed(place, error);
      return;
    }
    this.fetch(place);
  }

  private fetch(place: Place<R>): void {
    let page: Observable<Page<R>>;
    try {
      page = this.work.page(place);
    } catch (error) {
      this.failed(place, error);
      return;
    }
    place.pagingState = undefined;
    place.begin(page);
    if (place.closed) return;
    if (this.subscriber.closed) place.unsubscribe();
    else this.waiting.add(place);
  }

  /** In ordered mode: emits what has its turn; what comes meanwhile, by whatever that sets off, comes behind it. */
  private advance(): void {
    const turns = this.turns!;
    if (this.isAdvancing) return;
    this.isAdvancing = true;
    for (let head = turns.first; head !== undefined && !this.subscriber.closed; head = turns.first) {
      const results = head.results!;
      // By index, since emitting one may bring others.
      for (let next = 0; next < results.length; next++) this.subscriber.next(results[next]!);
      results.length = 0;
      if (!head.isDone) {
        if (head.isWaiting) this.continuing.push(head);
        head.isWaiting = false;
        break;
      }
      turns.shift();
      this.active--;
    }
    this.isAdvancing = false;
  }

  private end(): void {
    if (this.sourceFailure === undefined) this.subscriber.complete();
    else this.subscriber.error(this.sourceFailure.error);
  }
}
