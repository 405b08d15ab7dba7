import {
  endWith,
  merge,
  type Observable,
  ReplaySubject,
  switchMap,
  take,
  takeUntil,
  takeWhile,
  throwError,
} from 'rxjs';
import type { Host } from './host.js';
import type { Options } from './options/options.js';
import type { Shard } from './options/ranges.js';
import { Meter } from './report/meter.js';

/** What ends work that was interrupted. */
export class Interrupted extends Error {}

const END = Symbol('end');

/** One run of a command: what it is to do, and what it tells of it. */
export class Task {
  readonly options: Options;
  readonly host: Host;
  readonly shard: Shard | undefined;
  /** Writes lines for people, whatever else is shown at the moment. */
  readonly say: (text: string) => void;
  readonly meter: Meter = new Meter();
  /** What was not done, a sentence each. */
  readonly missing: string[] = [];
  /** The arguments that go on with it. */
  resumption: readonly string[] | undefined;
  private readonly stop$ = new ReplaySubject<void>(1);
  private isStopped = false;

  constructor(options: Options, host: Host, shard: Shard | undefined, say: (text: string) => void) {
    this.options = options;
    this.host = host;
    this.shard = shard;
    this.say = say;
  }

  /** Nothing new is begun from now on. */
  stop(): void {
    this.isStopped = true;
    this.stop$.next();
  }

  get isStopping(): boolean {
    return this.isStopped;
  }

  /** Emits when nothing new is to be begun, and completes; at once if that was so before. */
  get stopping(): Observable<void> {
    return this.stop$.pipe(take(1));
  }

  /** Fails a source when nothing new is to be begun: for what is to be whole, or nothing. */
  failedWhenStopped<T>(source: Observable<T>): Observable<T> {
    const failing = this.stop$.pipe(
      take(1),
      switchMap(() => throwError(() => new Interrupted('It was interrupted.'))),
    );
    return merge(source.pipe(endWith(END)), failing).pipe(takeWhile((value): value is T => value !== END));
  }

  /** Ends a source when nothing new is to be begun; what has come of it is finished by those behind. */
  untilStopped<T>(source: Observable<T>): Observable<T> {
    return source.pipe(takeUntil(this.stop$));
  }
}
