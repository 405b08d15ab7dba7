import { AssertionError } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asapScheduler, concatMap, EMPTY, ignoreElements, interval, map, materialize, NEVER, observeOn } from 'rxjs';
import { of, takeUntil, throwError, timer } from 'rxjs';
import { BindError, ConfigurationError, CqlError } from 'rxcql';
import {
  error,
  type MarbleHelpers,
  marbles,
  type MarblesOptions,
  page,
  queryOf,
  renderAscii,
  rows,
  supported,
  voidResult,
} from 'rxcql/testing';
import { describe, expect, it, vi } from 'vitest';
import { remind } from '../../../docs/examples/testing/remind.js';

/** What a test that fails says. */
function failure(test: (helpers: MarbleHelpers) => void, options?: MarblesOptions): Error {
  try {
    marbles(test, options);
  } catch (error) {
    return error as Error;
  }
  throw new Error('It passed.');
}

const message = (test: (helpers: MarbleHelpers) => void, options?: MarblesOptions): string =>
  failure(test, options).message;

describe('a failed expectation', () => {
  it('is told as marbles, one below the other', () => {
    expect(
      message(({ cold, expectObservable }) => {
        const fetch1 = cold('--(r|)', { r: page('ab', { more: true }) });
        const fetch2 = cold('-(r|)', { r: page('c') });
        const work = (row: string) => cold('---(x|)', { x: row });
        const result = queryOf(fetch1, fetch2).pipe(concatMap((rows) => rows.pipe(concatMap(work))));
        expectObservable(result).toBe('-----a-b--(c|)');
      }),
    ).toMatchInlineSnapshot(`
      "1 of 1 expectations failed.

      expectObservable, expectation 1:
                  0    5    10
        expected  -----a-b--(c|)
        actual    -----a--b--(c|)

        They differ first at 7 ms.
      "
    `);
  });

  it('says what the characters mean, under the names that the test has for them', () => {
    expect(
      message(({ expectObservable }) => {
        const ada = { id: 1, name: 'Ada' };
        const rows = timer(1, 1).pipe(map((index) => [ada, { id: 2, name: 'Bob' }, page('xy', { more: true })][index]));
        expectObservable(rows, '^---!').toBe('-ab-', { a: ada, b: { id: 3, name: 'Bob' } });
      }),
    ).toMatchInlineSnapshot(`
      "1 of 1 expectations failed.

      expectObservable, expectation 1:
                  0
        expected  -ab-    a = { id: 1, name: 'Ada' }, b = { id: 3, name: 'Bob' }
                  ^---!
        actual    -acd    a = { id: 1, name: 'Ada' }, c = { id: 2, name: 'Bob' }, d = page of x y, and more
                  ^---!

        They differ first at 2 ms.
      "
    `);
  });

  it('tells a text from a number', () => {
    const said = message(({ expectObservable }) => expectObservable(of('1')).toBe('(x|)', { x: 1 }));
    expect(said).toMatch(/expected {2}\(x\|\) +x = 1$/m);
    expect(said).toMatch(/actual {4}\(1\|\)$/m);
    const other = message(({ expectObservable }) => expectObservable(of('12')).toBe('(x|)', { x: 12 }));
    expect(other).toMatch(/actual {4}\(a\|\) +a = '12'$/m);
  });

  it('shows subscriptions as such', () => {
    expect(
      message(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('---(a|)');
        expectObservable(source, '--^---!').toBe('-----a');
        expectSubscriptions(source.subscriptions).toBe(['^--!', '--^-!']);
        expectSubscriptions([]).toBe('^');
      }),
    ).toMatchInlineSnapshot(`
      "3 of 3 expectations failed.

      expectObservable, expectation 1:
                  0    5
        expected    ---a
                    ^---!
        actual      ---(a|)

        They differ first at 5 ms.

      expectSubscriptions, expectation 2:
                  0    5
        expected  ^--!
        expected    ^-!
        actual      ^--!

      expectSubscriptions, expectation 3:
                  0
        expected  ^
        actual    (none)
      "
    `);
  });

  it('leaves out time in which nothing happens', () => {
    expect(
      message(({ expectObservable }) => {
        expectObservable(timer(12_000)).toBe('11999ms (x|)', { x: 0 });
      }),
    ).toMatchInlineSnapshot(`
      "1 of 1 expectations failed.

      expectObservable, expectation 1:
                  0         11999
        expected  - 11998ms (x|)    x = 0
        actual    - 11998ms -(x|)   x = 0

        They differ first at 11999 ms.
      "
    `);
  });

  it('shows what no marble string could say', () => {
    expect(
      message(({ cold, expectObservable }) => {
        const source = cold('ab').pipe(concatMap((value) => of(value, value)));
        expectObservable(source, '^--!').toBe('ab');
      }),
    ).toMatchInlineSnapshot(`
      "1 of 1 expectations failed.

      expectObservable, expectation 1:
                  0   1   2 3
        expected  a   b   -
                  ^   -   - !
        actual    (aa)(bb)-
                  ^   -   - !

        They differ first at 0 ms.
      "
    `);
  });

  it('does not show all of what never ends', () => {
    const said = message(({ expectObservable }) => {
      expectObservable(interval(1).pipe(map(() => 'x'))).toBe('-x');
    });
    expect(said).toContain('They differ first at 2 ms. Not shown: 59958 later events.');
    expect(said.length).toBeLessThan(500);
  });

  it('shows what differs in texts that are too long for a legend', () => {
    const rows = (last: string) => [
      ...Array.from({ length: 30 }, (_, id) => ({ id, name: 'somebody' })),
      { name: last },
    ];
    const said = message(({ cold, expectObservable }) => {
      expectObservable(of(rows('Ada'))).toBe('(r|)', { r: rows('Bob') });
      expectObservable(of('x'.repeat(500) + 'a')).toBe('(r|)', { r: 'x'.repeat(500) + 'b' });
      const error = (seconds: number) => new Error(`${'No answer came. '.repeat(8)}It took ${seconds} s.`);
      expectObservable(cold('#', {}, error(30))).toBe('#', {}, error(3));
    });
    expect(said).toContain("  expected  … name: 'somebody' }, { name: 'Bob' } ]\n");
    expect(said).toContain("  actual    … name: 'somebody' }, { name: 'Ada' } ]\n");
    expect(said).toContain(`The values differ from their character 501 on:\n    expected  …${'x'.repeat(30)}b\n`);
    expect(said).toMatch(
      /The errors differ from their character \d+ on:\n {4}expected .* 3 s\.\n {4}actual .* 30 s\.\n/,
    );
  });

  it('points to its line', () => {
    const error = failure(({ expectObservable }) => {
      expectObservable(EMPTY).toBe('-');
    });
    expect(error.stack).toMatch(/^AssertionError: 1 of 1 expectations failed/);
    const [first] = error.stack!.split('\n').filter((line) => line.trim().startsWith('at '));
    expect(first).toContain('marbles.test.ts');
    expect(error).toMatchObject({ code: 'ERR_ASSERTION' });
  });

  it('is told as docs/testing.md says', () => {
    const said = message(({ cold, expectObservable, expectSubscriptions }) => {
      const user = (id: number) => ({ id, email: `${id}@example.org` });
      const fetch1 = cold('--(r|)', { r: page([user(1)], { more: true }) });
      const fetch2 = cold('-(r|)', { r: page([user(2), user(3)]) });
      const reminded = remind(queryOf(fetch1, fetch2), () => cold('----|'));
      expectObservable(reminded).toBe('-----ab--(c|)', { a: 1, b: 2, c: 3 });
      expectSubscriptions(fetch2.subscriptions).toBe('---^!');
    });
    const guide = readFileSync(join(import.meta.dirname, '../../../docs/testing.md'), 'utf8');
    expect(guide).toContain('```text\n' + said.trimEnd() + '\n```');
  });

  it('without toBe() is one too', () => {
    expect(message(({ expectObservable }) => void expectObservable(of(1)))).toContain('left without toBe()');
    expect(message(({ expectSubscriptions }) => void expectSubscriptions([]))).toContain('left without toBe()');
  });

  it('is what a test is that expects nothing and does nothing', () => {
    expect(failure(() => undefined)).toBeInstanceOf(AssertionError);
    expect(message(({ cold }) => void cold('--a'))).toContain('it has no expectation, and subscribes to nothing');
  });

  it('is not needed where the test looks at what happens by itself', () => {
    const seen: unknown[] = [];
    marbles(({ cold }) => void cold('--a').subscribe((value) => seen.push(value)));
    marbles(({ hot, flush }) => {
      hot('--b').subscribe((value) => seen.push(value));
      flush();
      expect(seen).toEqual(['a', 'b']);
    });
    marbles(() => void timer(10).subscribe((value) => seen.push(value)));
    expect(seen).toEqual(['a', 'b', 0]);
  });

  it('is an async test, which cannot be checked', () => {
    const said = failure(() => Promise.reject(new Error('later')) as unknown as undefined);
    expect(said).toBeInstanceOf(ConfigurationError);
    expect(said.message).toContain('has returned a promise');
  });

  it.each<[string, unknown, string]>([
    ['a misspelled option', { maxtime: 5 }, 'Did you mean "maxTime"?'],
    ['a time', { maxTime: -1 }, 'The option "maxTime" must be a number of milliseconds'],
    ['a comparison', { assert: 5 }, 'The option "assert" must be a function'],
  ])('is not what refuses %s', (_, options, expected) => {
    const said = failure(() => undefined, options as MarblesOptions);
    expect(said).toBeInstanceOf(ConfigurationError);
    expect(said.message).toContain(expected);
  });

  it('leaves what the test itself throws as it is', () => {
    const mine = new Error('mine');
    expect(
      failure(() => {
        throw mine;
      }),
    ).toBe(mine);
  });
});

describe('a test that fails', () => {
  const atTheEndOfTheTurn = ({ expectObservable }: MarbleHelpers): void =>
    expectObservable(of('a').pipe(observeOn(asapScheduler))).toBe('(a|)');

  it.each([
    ['before time begins', () => fail()],
    ['in the course of time', () => void timer(5).subscribe(() => fail())],
    ['at the end of a turn', () => void asapScheduler.schedule(() => fail())],
  ])('%s has no part in the next', (_, end) => {
    const test = ({ expectObservable }: MarbleHelpers): void => {
      timer(0, 5).pipe(observeOn(asapScheduler)).subscribe();
      asapScheduler.schedule(() => undefined);
      expectObservable(NEVER).toBe('-');
      end();
    };
    expect(failure(test).message).toBe('in the middle');
    marbles(atTheEndOfTheTurn);
  });

  const fail = (): never => {
    throw new Error('in the middle');
  };
});

describe('errors are compared', () => {
  const fails = (actual: unknown, expected: unknown): (() => unknown) => {
    return () =>
      marbles(({ expectObservable }) => {
        expectObservable(throwError(() => actual)).toBe('#', undefined, expected);
      });
  };

  it('by name and message, whatever else they carry', () => {
    const resumable = Object.defineProperty(new CqlError('ERR_A', 'no'), 'pagingState', { value: Buffer.from('x') });
    expect(fails(new RangeError('no', { cause: 1 }), new RangeError('no'))).not.toThrow();
    expect(fails(resumable, new CqlError('ERR_A', 'no'))).not.toThrow();
    expect(fails(new RangeError('no'), new RangeError('yes'))).toThrow('# = RangeError: yes');
    expect(fails(new RangeError('no'), new TypeError('no'))).toThrow('# = TypeError: no');
  });

  it('by code, if the expected one has a code', () => {
    expect(fails(new CqlError('ERR_A', 'no'), new CqlError('ERR_B', 'no'))).toThrow();
    expect(fails(Object.assign(new Error('no'), { code: 1 }), new Error('no'))).not.toThrow();
    expect(fails(new Error('no'), Object.assign(new Error('no'), { code: 1 }))).toThrow();
  });

  it('by the properties that a plain object names', () => {
    expect(fails(new BindError('too many'), { code: 'ERR_RXCQL_BIND' })).not.toThrow();
    expect(fails(new BindError('too many'), { code: 'ERR_RXCQL_OTHER' })).toThrow();
    expect(fails(new BindError('too many'), { colour: 'red' })).toThrow();
  });

  it('by value where they are none', () => {
    expect(fails({ a: 1 }, { a: 1 })).not.toThrow();
    expect(fails('no', 'yes')).toThrow();
    expect(fails(new Error('error'), 'error')).toThrow();
    expect(fails('error', undefined)).not.toThrow();
  });

  it('also among values', () => {
    marbles(({ cold, expectObservable }) => {
      const events = cold('-#', {}, new RangeError('no', { cause: 1 })).pipe(
        materialize(),
        map(({ kind, error }) => ({ kind, error: error as unknown })),
      );
      expectObservable(events).toBe('-(x|)', { x: { kind: 'E', error: new RangeError('no') } });
    });
  });
});

describe('values are compared', () => {
  const passes = (actual: unknown, expected: unknown): boolean => {
    try {
      marbles(({ expectObservable }) => expectObservable(of(actual)).toBe('(x|)', { x: expected }));
      return true;
    } catch {
      return false;
    }
  };

  it('by all that they are', () => {
    const symbol = Symbol('key');
    expect(passes({ [symbol]: 1 }, { [symbol]: 2 })).toBe(false);
    expect(passes({ a: undefined }, {})).toBe(false);
    expect(passes(new Array(2), [])).toBe(false);
    expect(passes(new Map([[1, 2]]), new Map([[1, 3]]))).toBe(false);
    expect(passes(JSON.parse('{"__proto__":1}'), {})).toBe(false);
    expect(passes({ a: [{ b: new Date(1) }] }, { a: [{ b: new Date(1) }] })).toBe(true);
  });

  it('also where they lead to themselves', () => {
    const circle = (name: string): object => {
      const value: Record<string, unknown> = { name };
      value['self'] = value;
      return value;
    };
    expect(passes(circle('a'), circle('a'))).toBe(true);
    expect(passes(circle('a'), circle('b'))).toBe(false);
  });
});

describe('pages are compared', () => {
  it('by their rows and whether others follow', () => {
    const fails = (expected: ReturnType<typeof page>) => () =>
      marbles(({ expectObservable }) => {
        expectObservable(of(page('ab'))).toBe('(p|)', { p: expected });
      });
    expect(fails(page('ab'))).not.toThrow();
    expect(fails(page('ab', { more: true }))).toThrow('p = page of a b, and more');
    expect(fails(page('ac'))).toThrow('p = page of a c');
  });

  it('without being read', () => {
    const rows = page('a', { more: true });
    const onDelivered = vi.fn();
    rows.whenDelivered(onDelivered);
    marbles(({ expectObservable }) => {
      expectObservable(of(rows)).toBe('(p|)', { p: page('a', { more: true }) });
      expectObservable(of([rows])).toBe('(p|)', { p: [page('a', { more: true })] });
      expectObservable(of(rows)).toEqual(of(page('a', { more: true })));
    });
    expect(onDelivered).not.toHaveBeenCalled();
  });
});

describe('the options', () => {
  it('assert has the matchers of a framework', () => {
    const assert = (actual: unknown, expected: unknown) => expect(actual).toEqual(expected);
    const test = ({ expectObservable }: MarbleHelpers): void => {
      expectObservable(of({ id: 7 })).toBe('(x|)', { x: { id: expect.any(Number) as unknown } });
    };
    marbles(test, { assert });
    expect(failure(test)).not.toHaveProperty('cause');
    expect(
      failure(({ expectObservable }) => expectObservable(of(1)).toBe('(x|)', { x: expect.any(String) as unknown }), {
        assert,
      }),
    ).toHaveProperty('cause.name', 'AssertionError');
  });

  it('assert is believed where it alone sees a difference', () => {
    const refuse = { assert: () => expect.fail('as the test says') };
    expect(message(({ expectObservable }) => expectObservable(EMPTY).toBe('|'), refuse)).toContain(
      'differ first at 0 ms',
    );
  });

  it('maxTime ends what never does', () => {
    const test = ({ expectObservable }: MarbleHelpers): void => {
      expectObservable(interval(1_000)).toBe('- 999ms a', { a: 0 });
    };
    marbles(test, { maxTime: 1_500 });
    expect(message(test, { maxTime: 2_500 })).toContain('Virtual time was stopped at 2500 ms (the option maxTime).');
    expect(message(test)).toContain('stopped at 60000 ms');
  });
});

describe('it keeps what RxJS has', () => {
  it('flush() in the middle checks nothing twice', () => {
    marbles(({ cold, flush, expectObservable, expectSubscriptions, time }) => {
      expect(time('---|')).toBe(3);
      const source = cold('-a|');
      const later = expectObservable(NEVER);
      expectObservable(source).toBe('-a|');
      flush();
      expectSubscriptions(source.subscriptions).toBe('^-!');
      later.toBe('');
    });
  });

  it('toEqual() compares two Observables', () => {
    const test = (values: Record<string, string>) => {
      marbles(({ cold, expectObservable }) => {
        const [one, other] = [cold('-a|'), cold('-b|', values)];
        expectObservable(one).toEqual(other);
      });
    };
    test({ b: 'a' });
    expect(() => test({ b: 'b' })).toThrow('expected  -b|');
  });
});

describe('time', () => {
  it('goes on when one thing that is due ends another that is', () => {
    marbles(({ hot, expectObservable }) => {
      const end = hot('                         ----------x').pipe(observeOn(asapScheduler));
      expectObservable(interval(5).pipe(takeUntil(end))).toBe('-----a----|', { a: 0 });
    });
  });
});

describe('a diagram of a server', () => {
  it('shows what that says: rows as their page, an error by its kind, and anything else by a word', () => {
    const said = {
      r: rows({ id: 'int', name: 'text' }, [[1, 'Ada']], { pagingState: 'more' }),
      o: rows({ name: 'text' }, [['Ada'], { name: 'Bob' }, {}]),
      e: error('Overloaded'),
      v: voidResult(),
      s: supported({}),
    };
    const { lanes } = marbles(({ cold, expectObservable }) =>
      expectObservable(cold('roevs|', said).pipe(ignoreElements())).toBe('-----|'),
    );
    expect(renderAscii({ lanes: lanes.slice(0, 1) })).toBe(
      "        0    5\ncold 1  roevs|   r = page of { id: 1, name: 'Ada' }, and more, o = page of Ada Bob null, " +
        'e = Overloaded, v = void, s = SUPPORTED\n',
    );
  });
});

describe('what it returns', () => {
  it('is what happened, as a diagram', () => {
    const diagram = marbles(({ cold, hot, expectObservable }) => {
      const fetch1 = cold('-(r|)', { r: page('a') });
      hot('--s');
      expectObservable(queryOf(fetch1)).toBe('-(p|)', { p: page('a') });
    });
    expect(diagram).toEqual({
      lanes: [
        {
          kind: 'observable',
          name: 'cold 1',
          subscriptions: [
            {
              from: 0,
              to: 1,
              marks: [
                { time: 1, kind: 'next', value: { kind: 'page', symbol: 'r', rows: ['a'], hasMorePages: false } },
                { time: 1, kind: 'complete' },
              ],
            },
          ],
        },
        {
          kind: 'observable',
          name: 'hot 2',
          subscriptions: [
            { from: 0, marks: [{ time: 2, kind: 'next', value: { kind: 'value', symbol: 's', text: 's' } }] },
          ],
        },
        {
          kind: 'observable',
          name: 'result 1',
          subscriptions: [
            {
              from: 0,
              to: 1,
              marks: [
                { time: 1, kind: 'next', value: { kind: 'page', symbol: 'p', rows: ['a'], hasMorePages: false } },
                { time: 1, kind: 'complete' },
              ],
            },
          ],
        },
      ],
    });
  });
});
