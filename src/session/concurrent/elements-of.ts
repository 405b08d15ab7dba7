import { isObservable, type Observable } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import type { Page } from '../../operators/page.js';
import { type AsyncPull, has, type Pull, pullFrom, type SyncPull } from '../../operators/pull.js';
import type { Elements, Taker } from './elements.js';
import { ObservedElements } from './observed-elements.js';

/** Where the elements come from: what can be pulled, or an Observable of them or of pages whose rows they are. */
export type ElementSource<T> = Iterable<T> | AsyncIterable<T> | Observable<T> | Observable<Page<T>>;

/** @throws ConfigurationError for what has no elements; what the source throws when it is begun. */
export function elementsOf<T>(source: ElementSource<T>, taker: Taker): Elements<T> {
  // A page is both: as an iterable it is read at the pace of the work.
  const pull = pullFrom(source as Iterable<T>);
  if (pull !== undefined) return pull.isAsync ? new AwaitedElements(pull, taker) : new PulledElements(pull);
  if (isObservable(source)) return new ObservedElements(source as Observable<T | Page<T>>, taker);
  throw new ConfigurationError(
    'The source of executeConcurrent is an iterable, an async iterable, a stream or an Observable, or a function that makes one.',
  );
}

/** Whether a source that has been read has nothing for a second reader: generators and streams. */
export function isReadOnce(source: unknown): boolean {
  return !isObservable(source) && (has(source, 'next') || has(source, 'destroy') || has(source, 'getReader'));
}

class PulledElements<T> implements Elements<T> {
  private readonly pull: SyncPull<T>;
  private isOver = false;
  private isPulling = false;

  constructor(pull: SyncPull<T>) {
    this.pull = pull;
  }

  start(): void {
    // Nothing is pulled before there is a place for it.
  }

  take(): IteratorResult<T, unknown> {
    this.isPulling = true;
    let result: IteratorResult<T, unknown>;
    try {
      result = this.pull.next();
    } catch (error) {
      this.isOver = true;
      throw error;
    } finally {
      this.isPulling = false;
    }
    // A generator that was left while it ran could not be told then.
    if (this.isOver) leave(this.pull);
    else if (result.done === true) this.isOver = true;
    return result;
  }

  leave(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (!this.isPulling) leave(this.pull);
  }
}

/** Asks for an element when there is a place for it, and for no other before it has come. */
class AwaitedElements<T> implements Elements<T> {
  private readonly pull: AsyncPull<T>;
  private readonly taker: Taker;
  private arrived: IteratorResult<T, unknown> | undefined;
  private failure: { readonly error: unknown } | undefined;
  private isAsking = false;
  private isOver = false;

  constructor(pull: AsyncPull<T>, taker: Taker) {
    this.pull = pull;
    this.taker = taker;
  }

  start(): void {
    // Nothing is pulled before there is a place for it.
  }

  take(): IteratorResult<T, unknown> | undefined {
    if (this.failure !== undefined) throw this.failure.error;
    const { arrived } = this;
    this.arrived = undefined;
    if (arrived === undefined && !this.isAsking) this.ask();
    return arrived;
  }

  leave(): void {
    if (this.isOver) return;
    this.isOver = true;
    leave(this.pull);
  }

  private ask(): void {
    this.isAsking = true;
    void this.pull.next().then(
      (result) => {
        this.isAsking = false;
        if (this.isOver) return;
        this.isOver = result.done === true;
        this.arrived = result;
        this.taker.wake();
      },
      (error: unknown) => {
        if (this.isOver) return;
        this.isOver = true;
        this.failure = { error };
        this.taker.wake();
      },
    );
  }
}

/** What goes wrong while a source is left that nobody wants any more is told to nobody. */
function leave(pull: Pull<unknown>): void {
  try {
    pull.leave();
  } catch {
    // As said.
  }
}
