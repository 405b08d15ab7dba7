import { type Subscriber, Subscription, timer } from 'rxjs';
import type { CqlError } from '../errors.js';
import type { Page } from '../operators/page.js';
import type { Session } from '../session/session.js';
import type { RetryBudget } from '../cluster/retry-budget.js';
import { backoff } from './backoff.js';
import { isHopeless, isPassing, isTooMuch } from './failure-kind.js';
import { lastToken } from './last-token.js';
import type { LimitSample } from './limiter.js';
import { halves, type Segment, segmentsOf } from './range-segments.js';
import { errorPage, ScanPage } from './scan-page.js';
import { boundsOf, type ScanStatement } from './scan-statement.js';
import { rangeId, RING_SIZE, tokenAfter, type TokenRange, tokensIn } from './token-range.js';

/** What the readers of all ranges of a scan share. */
export interface Reading {
  readonly session: Session;
  readonly statement: ScanStatement;
  readonly pageSize: number;
  readonly onRangeError: 'split' | 'fail' | 'collect';
  readonly budget: RetryBudget;
  /** What could not be read, of all ranges, with the causes. */
  readonly failed: Failed[];
  observe(sample: LimitSample): void;
  now(): number;
}

export interface Failed {
  readonly range: TokenRange;
  readonly error: Error;
}

/** How often what could not be read is asked for again, each time with a quarter of the rows a page. */
const RETRIES = 2;
const SHRINK = 4;

/** How often what could still not be read is halved. */
const MOST_HALVINGS = 3;

/**
 * ```
 * segment --query--> page --> subscriber        the next page when this one is delivered; the next segment, too
 *    ^                 |
 *    |                 fails: the same with smaller pages, then both halves of the rest
 *    '-----------------'      what still fails is set aside, and the others go on
 * ```
 *
 * Reads one range.
 */
export class RangeReader<R> {
  private readonly reading: Reading;
  private readonly range: TokenRange;
  private readonly subscriber: Subscriber<ScanPage<R>>;
  private readonly segments: Segment[];
  private current: Subscription | undefined;
  private seq = 0;
  private tokens = 0n;
  private failures = 0;
  private askedAt = 0;
  private readonly failed: Failed[] = [];

  constructor(reading: Reading, range: TokenRange, subscriber: Subscriber<ScanPage<R>>) {
    this.reading = reading;
    this.range = range;
    this.subscriber = subscriber;
    this.segments = segmentsOf(range.start, range.end);
  }

  unsubscribe(): void {
    this.segments.length = 0;
    this.current?.unsubscribe();
  }

  /** Reads the first of the segments that are left. */
  read(): void {
    const segment = this.segments[0];
    if (segment === undefined) {
      this.end();
      return;
    }
    const { session, statement, pageSize } = this.reading;
    const { start, end, pagingState } = segment;
    this.askedAt = this.reading.now();
    this.reading.budget.onRequest();
    const current = (this.current = new Subscription());
    current.add(
      session
        .query<R>(statement.cqlFor(start, end), boundsOf(start, end), {
          rows: 'object',
          prepare: true,
          idempotent: true,
          pageSize: Math.max(1, Math.floor(pageSize / SHRINK ** this.failures)),
          routingToken: end,
          ...(pagingState !== undefined && { pagingState }),
        })
        .subscribe({
          next: (page) => this.take(segment, page),
          error: (error: unknown) => this.recover(error as CqlError),
        }),
    );
  }

  private take(segment: Segment, page: Page<R>): void {
    const { subscriber, reading, range } = this;
    reading.observe({ latency: reading.now() - this.askedAt, node: page.coordinator });
    this.failures = 0;
    const reached = lastToken(page, reading.statement.partitionKey);
    if (page.hasMorePages) {
      const pagingState = page.pagingState!;
      this.segments[0] = { ...segment, pagingState, reached: reached ?? segment.reached };
      // The partition of the last row may go on.
      if (reached !== undefined) this.advance(tokensIn(range.start, reached) - 1n);
    } else {
      this.segments.shift();
      this.advance(tokensIn(range.start, segment.end));
    }
    const lastOfRange = this.segments.length === 0 && this.failed.length === 0;
    const upto = tokenAfter(range.start, this.tokens);
    const scanned = new ScanPage<R>(page.rows, page, { range, seq: this.seq++, upto, lastOfRange });
    subscriber.next(scanned);
    scanned.whenDelivered(() => {
      this.askedAt = reading.now();
      if (page.hasMorePages) reading.budget.onRequest();
      page.skip();
      if (!page.hasMorePages && !subscriber.closed) this.read();
    });
  }

  /** How many tokens of the range are through. What is behind something that could not be read does not count. */
  private advance(tokens: bigint): void {
    if (this.failed.length > 0 || tokens <= this.tokens) return;
    this.tokens = tokens;
  }

  private recover(error: CqlError): void {
    const { reading, subscriber } = this;
    reading.observe({ latency: reading.now() - this.askedAt, error });
    if (isHopeless(error)) {
      subscriber.error(error);
      return;
    }
    if (isPassing(error) && this.failures < RETRIES && reading.budget.take()) {
      this.failures++;
      this.current = timer(backoff(this.failures)).subscribe(() => this.read());
      return;
    }
    const segment = this.segments.shift()!;
    if (reading.onRangeError === 'fail') {
      subscriber.error(error);
      return;
    }
    const both = segment.depth < MOST_HALVINGS && isTooMuch(error) ? halves(segment) : undefined;
    if (both === undefined) this.setAside(segment, error);
    else this.segments.unshift(...both);
    // Those that were halved have had their tries: each half has one, with the smallest pages.
    this.failures = both === undefined ? 0 : RETRIES;
    this.read();
  }

  /** Notes that what is left of a segment could not be read; neighbours that could not either are one with it. */
  private setAside({ start, end, reached }: Segment, error: Error): void {
    const from = reached === undefined ? start : tokenAfter(reached, -1n);
    const before = this.failed.at(-1);
    if (before?.range.end === from) {
      this.failed[this.failed.length - 1] = { ...before, range: this.partOfRange(before.range.start, end) };
    } else {
      this.failed.push({ range: this.partOfRange(from, end), error });
    }
  }

  private partOfRange(start: bigint, end: bigint): TokenRange {
    const { range } = this;
    if (start === range.start && end === range.end) return range;
    const fraction = Number(tokensIn(start, end)) / Number(RING_SIZE);
    const bytes = range.bytes === undefined ? undefined : Math.round((range.bytes * fraction) / range.fraction);
    return { ...range, id: rangeId(start, end), start, end, fraction, ...(bytes !== undefined && { bytes }) };
  }

  private end(): void {
    const { subscriber, failed, reading } = this;
    if (reading.onRangeError === 'collect') {
      for (const { range, error } of failed) subscriber.next(errorPage(range, this.seq++, error));
    } else {
      reading.failed.push(...failed);
    }
    subscriber.complete();
  }
}
