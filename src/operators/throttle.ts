import { type Observable, type Subscriber, Subscription, takeWhile, timer } from 'rxjs';
import { ConfigurationError } from '../errors.js';
import { Fifo } from './fifo.js';

/** How late a timer may be for that to be caught up on, in seconds. */
const CATCH_UP = 0.05;

/** What sums of fractions are off by. */
const EPSILON = 1e-9;

/** The longest that Node's timers wait, in milliseconds: who has to wait longer comes back in between. */
const LONGEST = 0x7fffffff;

interface Waiting<T> {
  readonly value: T;
  readonly cost: number;
}

/** One subscription of `rateLimit()`: a bucket that fills with time, and the values that wait until there is enough in it for them. */
export class Throttle<T> {
  private readonly burst: number;
  private readonly cost: ((value: T) => number) | undefined;
  private readonly subscriber: Subscriber<T>;
  private readonly now: () => number;

  private readonly subscriptions = new Subscription();
  private readonly waiting = new Fifo<Waiting<T>>();
  private timer: Subscription | undefined;
  private rate = 0;
  private hasRate = false;
  private level: number;
  private filledAt: number;
  private isDraining = false;
  private isSourceDone = false;

  constructor(burst: number, cost: ((value: T) => number) | undefined, subscriber: Subscriber<T>, now: () => number) {
    this.burst = burst;
    this.cost = cost;
    this.subscriber = subscriber;
    this.now = now;
    this.level = burst;
    this.filledAt = now();
  }

  start(source: Observable<T>): void {
    this.subscriptions.add(
      // What emits all that it has at once can be left only by itself.
      source.pipe(takeWhile(() => !this.subscriber.closed)).subscribe({
        next: (value) => this.take(value),
        error: (error: unknown) => this.subscriber.error(error),
        complete: () => {
          this.isSourceDone = true;
          this.drain();
        },
      }),
    );
  }

  /** Has the rates that an Observable emits. */
  follow(rates: Observable<number>): void {
    this.subscriptions.add(
      rates.subscribe({
        next: (rate) => {
          if (Number.isFinite(rate) && rate >= 0) this.setRate(rate);
          else this.fail('perSecond emitted what is no number, or one below 0.');
        },
        error: (error: unknown) => this.subscriber.error(error),
        complete: () => {
          if (!this.hasRate) this.fail('perSecond completed without a number.');
        },
      }),
    );
  }

  setRate(rate: number): void {
    this.fill();
    this.hasRate = true;
    this.rate = rate;
    this.timer?.unsubscribe();
    this.timer = undefined;
    this.drain();
  }

  unsubscribe(): void {
    this.subscriptions.unsubscribe();
    this.timer?.unsubscribe();
    this.waiting.clear();
  }

  private take(value: T): void {
    let cost: number;
    try {
      cost = this.cost?.(value) ?? 1;
    } catch (error) {
      this.subscriber.error(error);
      return;
    }
    if (!Number.isFinite(cost) || cost < 0) {
      this.fail('cost returned what is no number, or one below 0.');
      return;
    }
    if (this.waiting.length === 0) this.fill();
    this.waiting.push({ value, cost });
    this.drain();
  }

  /** Emits what there is enough for, and comes back for the rest. */
  private drain(): void {
    if (this.isDraining || this.timer !== undefined || !this.hasRate) return;
    this.isDraining = true;
    while (!this.subscriber.closed) {
      const next = this.waiting.first;
      if (next === undefined) break;
      // One that costs more than the bucket holds would never pass: it leaves the bucket in debt instead.
      if (this.missingFor(next) > EPSILON) break;
      this.waiting.shift();
      this.level -= next.cost;
      this.subscriber.next(next.value);
    }
    this.isDraining = false;
    if (this.subscriber.closed) return;
    if (this.waiting.first !== undefined) this.comeBack(this.missingFor(this.waiting.first));
    else if (this.isSourceDone) this.subscriber.complete();
  }

  private missingFor({ cost }: Waiting<T>): number {
    return Math.min(cost, this.burst) - this.level;
  }

  private comeBack(missing: number): void {
    if (this.rate === 0) return;
    const wait = Math.ceil((missing / this.rate) * 1_000 - EPSILON);
    this.timer = timer(Math.min(wait, LONGEST)).subscribe(() => {
      this.timer = undefined;
      this.fill();
      this.drain();
    });
  }

  /** Puts in what has come since the last time. While nothing waits, no more than the bucket holds. */
  private fill(): void {
    const now = this.now();
    const most = this.burst + (this.waiting.length > 0 ? this.rate * CATCH_UP : 0);
    this.level = Math.min(this.level + ((now - this.filledAt) * this.rate) / 1_000, most);
    this.filledAt = now;
  }

  private fail(mistake: string): void {
    this.subscriber.error(new ConfigurationError(`In rateLimit, ${mistake}`));
  }
}
