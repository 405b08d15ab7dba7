import fc from 'fast-check';
import { concatMap, defer, finalize, map, mergeMap, type Observable, of, range, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { executeConcurrent, type ExecutionResult, type Page, pages, type Params } from 'rxcql';
import { page } from 'rxcql/testing';
import { expect, it } from 'vitest';
import { type Executed, fakeSession } from '../../support/fake-session.js';

// Sources of all kinds, answers at all times, failures and subscribers that leave, in virtual time: what holds whatever comes.

const plans = fc.record({
  elements: fc.array(
    fc.record({
      /** How long each page of its result takes, in ticks. */
      pages: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }),
      /** Whether the last of them fails. */
      fails: fc.nat(9).map((number) => number === 0),
    }),
    { maxLength: 25 },
  ),
  kind: fc.constantFrom('iterable', 'async', 'observable', 'pages'),
  /** How long the source takes for an element, where it can take any time. */
  gap: fc.nat(3),
  sourceFails: fc.nat(4).map((number) => number === 0),
  concurrency: fc.integer({ min: 1, max: 6 }),
  ordered: fc.boolean(),
  failFast: fc.boolean(),
  /** When the subscriber leaves. */
  leaves: fc.option(fc.nat(30), { nil: undefined }),
});

type Plan = ReturnType<typeof plans.generate>['value'];

class Model {
  readonly results: ExecutionResult[] = [];
  error: unknown = undefined;
  hasCompleted = false;
  hasLeft = false;
  isReturned = false;
  isExhausted = false;
  taken = 0;
  inFlight = 0;
  /** What has failed first: a request or the source. */
  firstFailure: unknown = undefined;
  private readonly plan: Plan;
  private readonly issued = new Set<number>();

  constructor(plan: Plan) {
    this.plan = plan;
  }

  run(): void {
    const { concurrency, ordered, failFast, leaves } = this.plan;
    const scheduler = new TestScheduler(() => undefined);
    scheduler.maxFrames = Infinity;
    scheduler.run(() => {
      const session = fakeSession((request) => this.execute(request));
      const running = executeConcurrent(session, 'x', () => this.source(), {
        concurrency,
        ordered,
        failFast,
      }).subscribe({
        next: (result) => {
          expect(this.isOver).toBe(false);
          this.results.push(result);
          this.check();
        },
        error: (error: unknown) => {
          this.error = error;
        },
        complete: () => (this.hasCompleted = true),
      });
      if (leaves !== undefined) {
        timer(leaves).subscribe(() => {
          this.hasLeft = !this.isOver;
          running.unsubscribe();
          this.check();
        });
      }
    });
  }

  get isOver(): boolean {
    return this.hasCompleted || this.hasLeft || this.error !== undefined;
  }

  /** How many elements are through: all pages delivered, or the failure. */
  get delivered(): number {
    return this.plan.elements.filter((_, index) => this.isThrough(index)).length;
  }

  private isThrough(index: number): boolean {
    return this.results.filter((result) => result.index === index).length === this.plan.elements[index]!.pages.length;
  }

  private check(): void {
    const { concurrency, kind } = this.plan;
    const isPulled = kind === 'iterable' || kind === 'async';
    expect(this.inFlight).toBeLessThanOrEqual(this.isOver ? 0 : concurrency);
    if (this.isOver) return;
    expect(this.issued.size - this.delivered).toBeLessThanOrEqual(concurrency);
    if (isPulled) expect(this.taken - this.delivered).toBeLessThanOrEqual(concurrency);
  }

  private execute({ params, options }: Executed): Observable<Page<never>> {
    expect(this.isOver).toBe(false);
    const index = params![0] as number;
    const at = Number(options?.pagingState?.toString() ?? 0);
    const { pages: delays, fails } = this.plan.elements[index]!;
    const isLast = at === delays.length - 1;
    // In ordered mode later pages are fetched when all before are through.
    if (this.plan.ordered && at > 0)
      for (let before = 0; before < index; before++) expect(this.isThrough(before)).toBe(true);
    const answer = defer(() =>
      isLast && fails
        ? throwError(() => this.failure(new Error(`element ${index}`)))
        : of(page<never>([], isLast ? {} : { pagingState: Buffer.from(String(at + 1)) })),
    );
    return defer(() => {
      this.issued.add(index);
      this.inFlight++;
      this.check();
      const delay = delays[at]!;
      return (delay === 0 ? answer : timer(delay).pipe(mergeMap(() => answer))).pipe(finalize(() => this.inFlight--));
    });
  }

  private failure(error: Error): Error {
    this.firstFailure ??= error;
    return error;
  }

  private take(): IteratorResult<Params> {
    const { elements, sourceFails } = this.plan;
    expect(this.isOver).toBe(false);
    if (this.taken < elements.length) return { done: false, value: [this.taken++] };
    this.isExhausted = true;
    if (sourceFails) throw this.failure(new RangeError('the source'));
    return { done: true, value: undefined };
  }

  private source(): Iterable<Params> {
    const { kind, gap, elements } = this.plan;
    const end = { return: () => ((this.isReturned = true), { done: true as const, value: undefined }) };
    const now = { next: () => this.take(), ...end };
    // A promise would be settled outside of virtual time.
    const later = {
      next: () => ({
        then: (settle: (result: unknown) => void, refuse: (error: unknown) => void) =>
          timer(gap).subscribe(() => {
            if (this.isOver) return;
            let result: IteratorResult<Params>;
            try {
              result = this.take();
            } catch (error) {
              refuse(error);
              return;
            }
            settle(result);
          }),
      }),
      return: () => ({ then: () => void end.return() }),
    };
    const rows = (): Params[] => {
      const result = this.take();
      return result.done === true ? [] : [result.value];
    };
    switch (kind) {
      case 'iterable':
        return { [Symbol.iterator]: () => now };
      case 'async':
        return { [Symbol.asyncIterator]: () => later } as never;
      case 'observable':
        return range(0, elements.length + 1).pipe(
          concatMap((index) => (gap === 0 ? of(index) : timer(gap))),
          concatMap(rows),
        ) as never;
      default:
        return pages<Params, number>((at = 0) =>
          timer(gap).pipe(map(() => ({ rows: rows(), pagingState: at < elements.length ? at + 1 : undefined }))),
        ) as never;
    }
  }

  /** What must be so when all is over. */
  checkEnd(): void {
    const { elements, ordered, failFast, sourceFails, kind, leaves } = this.plan;
    expect(this.inFlight).toBe(0);
    for (const [index, { pages: delays, fails }] of elements.entries()) {
      const own = this.results.filter((result) => result.index === index);
      const expected = delays.map((_, at) => !(fails && at === delays.length - 1));
      expect(own.map(({ ok }) => ok)).toEqual(expected.slice(0, own.length));
      for (const result of own) if (!result.ok) expect(result.params).toEqual([index]);
    }
    const indexes = this.results.map(({ index }) => index);
    if (ordered) expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
    // What has ended by itself is not returned, everything else is.
    if (kind === 'iterable' || kind === 'async') expect(this.isReturned).toBe(!this.isExhausted);
    if (this.hasLeft) return;
    expect(leaves === undefined || this.isOver).toBe(true);
    const failed = failFast && elements.some(({ fails }) => fails);
    if (failed) expect(this.error).toBe(this.firstFailure);
    else if (sourceFails) expect(this.error).toBeInstanceOf(RangeError);
    expect(this.hasCompleted).toBe(!failed && !sourceFails);
    if (!failFast || this.hasCompleted) expect(this.delivered).toBe(elements.length);
  }
}

it('executeConcurrent() keeps its promises, whatever comes', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const model = new Model(plan);
      model.run();
      model.checkEnd();
    }),
    { numRuns: 300 },
  );
});
