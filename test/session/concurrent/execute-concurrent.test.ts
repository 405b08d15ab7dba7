import { Readable } from 'node:stream';
import { EMPTY, from, lastValueFrom, NEVER, Observable, of, Subject, take, throwError, toArray } from 'rxjs';
import {
  type ConcurrentOptions,
  ConfigurationError,
  cql,
  executeConcurrent,
  type ExecutionResult,
  type Page,
  pages,
  type Params,
  type Session,
  ThrottleError,
} from 'rxcql';
import { page } from 'rxcql/testing';
import { describe, expect, it, vi } from 'vitest';
import { together } from '../../../src/together.js';
import { type Executed, fakeSession } from '../../support/fake-session.js';
import { failureOf } from '../../support/served-session.js';

type Answer = Page<never>;

const VOID = of(page<never>([]));
const INSERT = 'INSERT';

/** A session whose requests are answered by the test, in the order that it likes. */
function controlled(): { session: Session; asked: Executed[]; answers: Subject<Answer>[] } {
  const asked: Executed[] = [];
  const answers: Subject<Answer>[] = [];
  const session = fakeSession((request) => {
    asked.push(request);
    const answer = new Subject<Answer>();
    answers.push(answer);
    return answer;
  });
  return { session, asked, answers };
}

const answer = (subject: Subject<Answer> | undefined, value = page<never>([])): void => {
  subject!.next(value);
  subject!.complete();
};

/** Numbers as parameters, and how they were taken. */
function numbers(count = Infinity): { source: Generator<number[]>; state: { taken: number; isReturned: boolean } } {
  const state = { taken: 0, isReturned: false };
  function* generate(): Generator<number[]> {
    try {
      while (state.taken < count) yield [state.taken++];
    } finally {
      state.isReturned = true;
    }
  }
  return { source: generate(), state };
}

const echo = fakeSession(({ params = [] }) => of(page(params as never[])));

const collect = (
  session: Session,
  statement: unknown,
  source: unknown,
  options?: ConcurrentOptions,
): Promise<ExecutionResult[]> =>
  lastValueFrom(executeConcurrent(session, statement as string, source as Params[], options).pipe(toArray()));

const indexes = (results: readonly ExecutionResult[]): number[] => results.map(({ index }) => index);
const rowsOf = (results: readonly ExecutionResult[]): unknown[] =>
  results.map((result) => (result.ok ? result.page.toArray() : result.error));

describe('the sources of executeConcurrent()', () => {
  const two: Params[] = [['a'], ['b']];
  async function* later(): AsyncGenerator<Params> {
    await Promise.resolve();
    yield* two;
  }

  it.each<[string, () => unknown]>([
    ['an array', () => two],
    ['a Set', () => new Set(two)],
    ['a generator', () => two[Symbol.iterator]()],
    ['an async generator', later],
    ['a function that makes one', () => later],
    ['a Readable', () => Readable.from(two)],
    ['a web stream', () => Readable.toWeb(Readable.from(two)) as never],
    ['an Observable', () => from(two)],
    [
      'pages',
      () => pages<Params, number>((at = 0) => [{ rows: two.slice(at, at + 1), pagingState: at === 0 ? 1 : undefined }]),
    ],
    ['a page', () => page(two)],
  ])('may be %s', async (_, source) => {
    const results = await collect(echo, INSERT, source());
    expect(results.map(({ index, ok }) => [index, ok])).toEqual([
      [0, true],
      [1, true],
    ]);
    expect(rowsOf(results)).toEqual([['a'], ['b']]);
  });

  it('may be empty', async () => {
    expect(await collect(echo, INSERT, [])).toEqual([]);
    expect(await collect(echo, INSERT, EMPTY)).toEqual([]);
  });

  it('may be pairs, with statements of all kinds', async () => {
    const asked: Executed[] = [];
    const session = fakeSession((request) => (asked.push(request), VOID));
    const bound = cql`INSERT ${1}`;
    await collect(session, null, [['A', [1]], ['B'], [bound], ['C', { x: 1 }]]); // prettier-ignore
    expect(asked.map(({ statement, params }) => [statement, params])).toEqual([
      ['A', [1]],
      ['B', undefined],
      [bound, undefined],
      ['C', { x: 1 }],
    ]);
  });

  it.each([undefined, null, 5, {}, Promise.resolve([])])('may not be %s', async (source) => {
    const failure = await failureOf(executeConcurrent(echo, INSERT, source as never));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure.message).toContain('The source of executeConcurrent is an iterable');
  });

  it('is begun at each subscription; one that can be read only once is not read again as if it were empty', async () => {
    const results = executeConcurrent(echo, INSERT, two);
    expect(await lastValueFrom(results.pipe(toArray()))).toHaveLength(2);
    expect(await lastValueFrom(results.pipe(toArray()))).toHaveLength(2);
    const once = executeConcurrent(echo, INSERT, numbers(2).source);
    expect(await lastValueFrom(once.pipe(toArray()))).toHaveLength(2);
    expect((await failureOf(once)).message).toContain('can be read only once: give a function that makes it');
  });
});

describe('the demand of executeConcurrent()', () => {
  it.each([true, false])('takes no element for which there is no place (ordered: %s)', (ordered) => {
    const { session, answers } = controlled();
    const { source, state } = numbers();
    let delivered = 0;
    executeConcurrent(session, INSERT, source, { concurrency: 3, ordered }).subscribe(() => delivered++);
    expect(state.taken).toBe(3);
    answer(answers[0]);
    expect([state.taken, delivered]).toEqual([4, 1]);
    // Out of order: delivered at once, or when its turn has come.
    answer(answers[2]);
    expect([state.taken, delivered]).toEqual(ordered ? [4, 1] : [5, 2]);
    answer(answers[1]);
    expect([state.taken, delivered]).toEqual([6, 3]);
  });

  it.each([true, false])(
    'takes as many elements as have come answers together, behind them (ordered: %s)',
    (ordered) => {
      const { session, answers } = controlled();
      const { source, state } = numbers(7);
      const taken: number[] = [];
      const complete = vi.fn();
      executeConcurrent(session, INSERT, source, { concurrency: 4, ordered }).subscribe({
        next: () => taken.push(state.taken),
        complete,
      });
      together(() => {
        for (const one of answers.slice(0, 3)) answer(one);
        expect(answers.length).toBe(4);
      });
      expect([answers.length, state.taken]).toEqual([7, 7]);
      together(() => {
        for (const one of answers.slice(3)) answer(one);
      });
      expect(taken).toEqual([4, 4, 4, 7, 7, 7, 7]);
      expect(complete).toHaveBeenCalledOnce();
    },
  );

  it('takes nothing more when somebody leaves among answers that have come together', () => {
    const { session, answers } = controlled();
    const { source, state } = numbers();
    const results = executeConcurrent(session, INSERT, source, { concurrency: 4 }).pipe(take(2));
    results.subscribe();
    together(() => {
      for (const one of answers.slice(0, 3)) answer(one);
    });
    expect([state.taken, state.isReturned]).toEqual([4, true]);
  });

  it('asks an asynchronous source for one element at a time, and only for a place', async () => {
    const { session, answers } = controlled();
    let asked = 0;
    const source: AsyncIterable<Params> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: false, value: [asked++] }) }),
    };
    executeConcurrent(session, INSERT, source, { concurrency: 2 }).subscribe();
    expect(asked).toBe(1);
    for (let i = 0; i < 10; i++) await Promise.resolve();
    expect(asked).toBe(2);
    answer(answers[0]);
    for (let i = 0; i < 10; i++) await Promise.resolve();
    expect(asked).toBe(3);
  });

  it('reads pages as it needs them', () => {
    const { session, answers } = controlled();
    let fetched = 0;
    const source = pages<Params, number>((at = 0) => [{ rows: [[at], [at], [at]], pagingState: (fetched = at + 1) }]);
    executeConcurrent(session, INSERT, source, { concurrency: 2 }).subscribe();
    // The page that is being taken, and the one behind it.
    expect([answers.length, fetched]).toEqual([2, 2]);
    for (let i = 0; i < 4; i++) answer(answers[i]);
    expect([answers.length, fetched]).toEqual([6, 3]);
  });

  it('lets an Observable be 10,000 elements ahead, and says so of one more', async () => {
    const { session, answers } = controlled();
    const elements = new Subject<Params>();
    const failure = failureOf(executeConcurrent(session, INSERT, elements, { concurrency: 2 }));
    for (let i = 0; i < 10_002; i++) elements.next([i]);
    expect([answers.length, elements.observed]).toEqual([2, true]);
    elements.next([10_002]);
    expect(await failure).toBeInstanceOf(ThrottleError);
    expect(elements.observed).toBe(false);
    // At once as well, of one without end.
    const endless = executeConcurrent(session, INSERT, from(numbers().source));
    expect((await failureOf(endless)).message).toContain('cannot be asked to wait');
  });

  it('keeps the stack flat, however many are answered at once', async () => {
    const { source } = numbers(200_000);
    let count = 0;
    executeConcurrent(fakeSession(() => VOID), INSERT, source).subscribe(() => count++); // prettier-ignore
    expect(count).toBe(200_000);
    const many = Array.from({ length: 20_000 }, (_, i) => page<never>([], { more: i < 19_999 }));
    let at = 0;
    const paged = fakeSession(() => of(many[at++]!));
    expect((await collect(paged, INSERT, [[1]])).length).toBe(20_000);
  });

  it('lets a reader of results execute, whatever the limit', async () => {
    const results: number[] = [];
    const session = echo;
    await new Promise<void>((resolve, reject) => {
      executeConcurrent(session, INSERT, numbers(100).source, { concurrency: 1 }).subscribe({
        next: ({ index }) => session.execute(INSERT, [index]).subscribe(() => results.push(index)),
        error: reject,
        complete: resolve,
      });
    });
    expect(results.length).toBe(100);
  });
});

describe('results of executeConcurrent()', () => {
  it('come in the order of the source, unless that is not wanted', () => {
    for (const ordered of [true, false]) {
      const { session, answers } = controlled();
      const seen: number[] = [];
      executeConcurrent(session, INSERT, [[0], [1], [2]], { ordered }).subscribe(({ index }) => seen.push(index));
      for (const index of [2, 0, 1]) answer(answers[index]);
      expect(seen).toEqual(ordered ? [0, 1, 2] : [2, 0, 1]);
    }
  });

  it('of several pages share an index, and are fetched without waiting to be read', async () => {
    const asked: Executed[] = [];
    const session = fakeSession((request) => {
      asked.push(request);
      const at = Number(request.options?.pagingState ?? 0);
      return of(
        page(
          [`${String(request.params?.[0])}${at}`],
          at < 2 ? { pagingState: Buffer.from(`${at + 1}`) } : {},
        ) as Page<unknown> as Answer,
      );
    });
    const shared: string[] = [];
    function* reusing(): Generator<string[]> {
      for (const name of ['a', 'b']) {
        shared[0] = name;
        yield shared;
      }
    }
    const results = await collect(session, 'SELECT', reusing(), { concurrency: 2, ordered: false, pageSize: 5 });
    expect(indexes(results)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(rowsOf(results).flat()).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2']);
    expect(asked.map(({ options }) => options?.pageSize)).toEqual([5, 5, 5, 5, 5, 5]);
  });

  it('of several pages are fetched in their turn where order is wanted, so that what waits is bounded', () => {
    const { session, answers, asked } = controlled();
    const seen: number[] = [];
    executeConcurrent(session, 'SELECT', [[0], [1], [2]], { concurrency: 2 }).subscribe(({ index }) =>
      seen.push(index),
    );
    answer(answers[1], page<never>([], { more: true }));
    expect([seen, asked.length]).toEqual([[], 2]);
    answer(answers[0]);
    // Now it is the turn of 1: its page is emitted, the next fetched, and 2 begun in the place of 0.
    expect(seen).toEqual([0, 1]);
    expect(asked.slice(2).map(({ params, options }) => [params?.[0], options?.pagingState?.toString()])).toEqual(
      expect.arrayContaining([[1, 'more'], [2, undefined]]), // prettier-ignore
    );
    const later = asked.findIndex(({ options }) => options?.pagingState !== undefined);
    answer(answers[later]);
    answer(answers.find((_, i) => i > 1 && i !== later));
    expect(seen).toEqual([0, 1, 1, 2]);
  });

  it('of failures say which element it was, and the source goes on', async () => {
    const bad = new Error('bad');
    const session = fakeSession(({ params }) => (params?.[0] === 1 ? throwError(() => bad) : VOID));
    for (const ordered of [true, false]) {
      const params = [[0], [1], [2]];
      const results = await collect(session, INSERT, params, { failFast: false, ordered });
      expect(indexes(results)).toEqual([0, 1, 2]);
      expect(results[1]).toEqual({ index: 1, ok: false, error: bad, params: [1] });
      expect((results[1] as { params: unknown }).params).toBe(params[1]);
    }
  });

  it('of a later page that fails come behind those before', async () => {
    const bad = new Error('bad');
    const session = fakeSession(({ options }) =>
      options?.pagingState === undefined ? of(page<never>([], { more: true })) : throwError(() => bad),
    );
    const results = await collect(session, 'SELECT', [[0], [1]], { failFast: false });
    expect(results.map(({ index, ok }) => [index, ok])).toEqual([[0, true], [0, false], [1, true], [1, false]]); // prettier-ignore
  });

  it('give the values of a statement that has its own', async () => {
    const session = fakeSession(() => throwError(() => new Error('bad')));
    const results = await collect(session, null, [[cql`INSERT ${7}`], ['INSERT']], { failFast: false });
    expect(results).toMatchObject([{ params: [7] }, { params: [] }]);
  });
});

describe('executeConcurrent() fails', () => {
  it.each([true, false])(
    'at the first failure in time, with that error, and leaves everything (ordered: %s)',
    async (ordered) => {
      const { session, answers } = controlled();
      const { source, state } = numbers();
      const failure = failureOf(executeConcurrent(session, INSERT, source, { concurrency: 5, ordered }));
      const bad = new Error('bad');
      answers[3]!.error(bad);
      expect(answers.map(({ observed }) => observed)).toEqual([false, false, false, false, false]);
      expect(state).toEqual({ taken: 5, isReturned: true });
      expect(await failure).toBe(bad);
    },
  );

  it('with what the source throws, and does not return it', async () => {
    const mine = new RangeError('mine');
    let isReturned = false;
    const source = (async: boolean): Iterable<Params> => {
      let taken = 0;
      const next = () => {
        if (taken++ === 2) throw mine;
        return { done: false, value: [taken] };
      };
      const iterator = {
        next: async ? () => new Promise((resolve) => resolve(next())) : next,
        return: () => (isReturned = true),
      };
      return { [async ? Symbol.asyncIterator : Symbol.iterator]: () => iterator } as never;
    };
    for (const async of [true, false]) {
      const { session, answers } = controlled();
      expect(await failureOf(executeConcurrent(session, INSERT, source(async)))).toBe(mine);
      expect(answers.map(({ observed }) => observed)).toEqual([false, false]);
      // Without fail-fast, what was begun is finished first.
      const patient = controlled();
      const seen: number[] = [];
      const results = executeConcurrent(patient.session, INSERT, source(async), { failFast: false });
      const failure = failureOf(new Observable((subscriber) => results.subscribe({
        next: ({ index }) => seen.push(index),
        error: (error: unknown) => subscriber.error(error),
      }))); // prettier-ignore
      await vi.waitFor(() => expect(patient.answers.length).toBe(2));
      for (const subject of patient.answers) answer(subject);
      expect(await failure).toBe(mine);
      expect(seen).toEqual([0, 1]);
    }
    expect(isReturned).toBe(false);
  });

  it('with what an Observable errors with: at once, or after all that it gave before', () => {
    const mine = new RangeError('mine');
    for (const failFast of [true, false]) {
      const { session, answers } = controlled();
      const source = new Subject<Params>();
      const seen: ExecutionResult[] = [];
      let failure: unknown;
      executeConcurrent(session, INSERT, source, { concurrency: 1, failFast }).subscribe({
        next: (result) => seen.push(result),
        error: (error: unknown) => (failure = error),
      });
      for (let i = 0; i < 3; i++) source.next([i]);
      source.error(mine);
      expect(failure).toBe(failFast ? mine : undefined);
      if (failFast) continue;
      for (let i = 0; i < 3; i++) answer(answers[i]);
      expect([indexes(seen), failure]).toEqual([[0, 1, 2], mine]);
    }
  });

  it.each([
    [INSERT, [[1], 7], 'Element 1 of the source is no parameters'],
    [INSERT, [[1], new Map()], 'Element 1 of the source is no parameters'],
    [INSERT, 'ab', 'Element 0 of the source is no parameters'],
    [null, [['A'], 'B'], 'Element 1 of the source is no [statement, params]'],
    [null, [['A', 5]], 'Element 0 of the source is no [statement, params]'],
    [null, [['A', [], 5]], 'Element 0 of the source is no [statement, params]'],
    [null, [[[1]], [undefined]], 'Element 0 of the source is no [statement, params]'],
  ])('of %s for %j, saying which element is wrong', async (statement, source, message) => {
    const failure = await failureOf(executeConcurrent(echo, statement as never, source as never));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure.message).toContain(message);
    const results = await collect(echo, statement, source, { failFast: false });
    expect(results.some((result) => !result.ok && result.error.message.includes(message))).toBe(true);
  });

  it.each([
    [{ concurrency: 0 }, '"concurrency" must be a whole number from 1'],
    [{ concurrency: 1.5 }, '"concurrency" must be a whole number from 1'],
    [{ concurrency: NaN }, '"concurrency" must be a whole number from 1'],
    [{ concurrency: Infinity }, '"concurrency" must be a whole number from 1'],
    [{ concurency: 5 }, 'Did you mean "concurrency"?'],
    [{ ordered: 1 }, '"ordered" must be a boolean'],
    [{ failFast: 'no' }, '"failFast" must be a boolean'],
    [{ signal: {} }, '"signal" must be an AbortSignal'],
    [{ consistency: 'SOME' }, '"consistency" must be one of'],
  ])('for %j', async (options, message) => {
    const { source, state } = numbers();
    const failure = await failureOf(executeConcurrent(echo, INSERT, source, options as ConcurrentOptions));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure.message).toContain(message);
    expect(state.taken).toBe(0);
  });
});

describe('leaving executeConcurrent()', () => {
  it('leaves what is in flight, and returns the iterator, which was not pulled again', () => {
    const { session, answers } = controlled();
    const { source, state } = numbers();
    const running = executeConcurrent(session, INSERT, source, { concurrency: 4 }).subscribe();
    running.unsubscribe();
    expect(answers.map(({ observed }) => observed)).toEqual([false, false, false, false]);
    expect(state).toEqual({ taken: 4, isReturned: true });
  });

  it('in the middle of results that are there at once begins nothing more', async () => {
    let executed = 0;
    const session = fakeSession(() => (executed++, VOID));
    const { source, state } = numbers();
    const results = await lastValueFrom(executeConcurrent(session, INSERT, source).pipe(take(3), toArray()));
    expect([results.length, executed]).toEqual([3, 3]);
    expect(state).toEqual({ taken: 3, isReturned: true });
  });

  it('while the source is being pulled is told to it afterwards; what it throws then reaches nobody', () => {
    const returned = vi.fn(() => {
      throw new Error('late');
    });
    let leave = (): void => expect.fail('Nothing is pulled yet.');
    const next = (): IteratorResult<Params> => {
      leave();
      expect(returned).not.toHaveBeenCalled();
      return { done: false, value: [1] };
    };
    const source = { [Symbol.iterator]: () => ({ next, return: returned }) };
    const { session, answers } = controlled();
    new Observable<ExecutionResult>((subscriber) => {
      leave = () => subscriber.complete();
      executeConcurrent(session, INSERT, source).subscribe(subscriber);
    }).subscribe();
    expect(returned).toHaveBeenCalledOnce();
    expect(answers.length).toBe(0);
  });

  it('destroys a stream, even one that does not answer', async () => {
    const stream = new Readable({ objectMode: true, read: () => undefined });
    const running = executeConcurrent(echo, INSERT, stream).subscribe();
    await Promise.resolve();
    running.unsubscribe();
    expect(stream.destroyed).toBe(true);
  });

  it('leaves an Observable', () => {
    const source = new Subject<Params>();
    executeConcurrent(echo, INSERT, source).subscribe().unsubscribe();
    expect(source.observed).toBe(false);
  });

  it('by a signal errors with its reason, and nothing stays on the signal', async () => {
    const { session, answers } = controlled();
    const { source, state } = numbers();
    const abort = new AbortController();
    const removed = vi.spyOn(abort.signal, 'removeEventListener');
    const failure = failureOf(executeConcurrent(session, INSERT, source, { concurrency: 2, signal: abort.signal }));
    const reason = new Error('enough');
    abort.abort(reason);
    expect(await failure).toBe(reason);
    expect(answers.map(({ observed }) => observed)).toEqual([false, false]);
    expect([state.isReturned, removed.mock.calls.length]).toEqual([true, 1]);
    const late = numbers();
    expect(await failureOf(executeConcurrent(session, INSERT, late.source, { signal: abort.signal }))).toBe(reason);
    expect(late.state.taken).toBe(0);
  });

  it('is not needed of one that never ends by itself', () => {
    const session = fakeSession(() => NEVER);
    const running = executeConcurrent(session, INSERT, [[1]]).subscribe();
    expect(running.closed).toBe(false);
    running.unsubscribe();
  });
});
