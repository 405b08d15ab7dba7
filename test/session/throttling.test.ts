import { concatMap, type Observable, timer } from 'rxjs';
import {
  ConfigurationError,
  createSession,
  RequestTimeoutError,
  type Session,
  type SessionOptions,
  ThrottleError,
} from 'rxcql';
import {
  cql,
  fakeServer,
  marbles,
  opcode,
  prepared,
  rows,
  type Rule,
  sessionOf,
  times,
  voidResult,
  when,
} from 'rxcql/testing';
import { asyncScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';

// How many requests a session has on their way, and how many may wait.

/** What became of requests, and when, in the order in which it did. */
class Outcomes {
  readonly list: string[] = [];

  note(name: string, source: Observable<unknown>): void {
    source.subscribe({
      error: (error: unknown) => this.say(`${name}: ${error instanceof Error ? error.name : String(error)}`),
      complete: () => this.say(name),
    });
  }

  private say(what: string): void {
    this.list.push(`${asyncScheduler.now()} ${what}`);
  }
}

/** Uses a session in virtual time. */
function inVirtualTime(
  rules: readonly Rule[],
  options: Partial<SessionOptions>,
  use: (session: Session, outcomes: Outcomes) => void,
  nodes: readonly { readonly host: string }[] = [{ host: '127.0.0.1' }],
): string[] {
  const outcomes = new Outcomes();
  marbles(
    ({ expectObservable }) => {
      use(sessionOf(fakeServer(rules, { nodes }), { schemaMetadata: false, ...options }), outcomes);
      expectObservable(timer(1_000)).toBe('1s (a|)', { a: 0 });
    },
    { maxTime: 2_000 },
  );
  return outcomes.list;
}

describe('maxConcurrent', () => {
  it('is how many requests are on their way; the others follow in their order', () => {
    const rules = [when(cql('Q0')).delay(20).reply(voidResult()), when(cql(/^Q/)).delay(10).reply(voidResult())];
    const list = inVirtualTime(rules, { maxConcurrent: 2 }, (session, outcomes) => {
      for (let i = 0; i < 5; i++) outcomes.note(`Q${i}`, session.execute(`Q${i}`));
    });
    expect(list).toEqual(['10 Q1', '20 Q0', '20 Q2', '30 Q3', '30 Q4']);
  });

  it('frees the place of a request that is left, or whose time is over', () => {
    const list = inVirtualTime([when(cql(/^slow/)).drop()], { maxConcurrent: 1 }, (session, outcomes) => {
      const left = session.execute('slow').subscribe();
      outcomes.note('one', session.execute('one'));
      timer(10).subscribe(() => left.unsubscribe());
      timer(20).subscribe(() => {
        outcomes.note('slow', session.execute('slow', [], { timeout: 50 }));
        outcomes.note('two', session.execute('two'));
      });
    });
    expect(list).toEqual(['10 one', `100 slow: ${RequestTimeoutError.name}`, '100 two']);
  });

  it.each([0, -1, 1.5, Number.NaN, '4'])('%s is an error', (maxConcurrent) => {
    const options = { contactPoints: ['127.0.0.1'], maxConcurrent: maxConcurrent as number };
    expect(() => createSession(options)).toThrow(ConfigurationError);
  });
});

describe('maxQueue', () => {
  it('bounds those that wait for the first connection', () => {
    const list = inVirtualTime(
      [when(opcode('STARTUP')).delay(30)],
      { maxConcurrent: 1, maxQueue: 1 },
      (session, outcomes) => {
        for (let i = 0; i < 4; i++) outcomes.note(`Q${i}`, session.execute(`Q${i}`));
      },
    );
    const refused = [`0 Q2: ${ThrottleError.name}`, `0 Q3: ${ThrottleError.name}`];
    expect(list.slice(0, 2)).toEqual(refused);
    // The control connection comes first.
    expect(list.slice(2)).toEqual(['60 Q0', '60 Q1']);
  });

  it('bounds those that wait for their statement to be prepared, and these hold up nobody else', () => {
    const rules = [
      when(opcode('PREPARE'))
        .delay(30)
        .reply(prepared({ parameters: { v: 'int' } })),
    ];
    const list = inVirtualTime(rules, { maxConcurrent: 2, maxQueue: 0 }, (session, outcomes) => {
      session.connect().subscribe(() => {
        for (let i = 0; i < 3; i++) outcomes.note(`Q${i}`, session.execute('INSERT INTO t (v) VALUES (?)', [i]));
        outcomes.note('Q3', session.execute('Q3'));
      });
    });
    expect(list).toEqual([`0 Q2: ${ThrottleError.name}`, '0 Q3', '30 Q0', '30 Q1']);
  });
});

describe('requests for one node only', () => {
  const nodes = [{ host: '127.0.0.1' }, { host: '127.0.0.2' }];
  const [one, other] = nodes.map(({ host }) => `${host}:9042`);
  const rules = [when(cql(/^slow/)).delay(300).reply(voidResult()), when(cql(/^[Qq]/)).reply(voidResult())];

  it('wait for it, and nobody who goes to another node waits behind them', () => {
    const list = inVirtualTime(
      rules,
      { maxRequestsPerConnection: 1 },
      (session, outcomes) => {
        session.connect().subscribe(() => {
          for (let i = 0; i < 3; i++) outcomes.note(`slow ${i}`, session.execute(`slow ${i}`, [], { node: one }));
          // The other node is connected to by then.
          timer(1).subscribe(() => {
            outcomes.note('other', session.execute('quick', [], { node: other }));
            outcomes.note('any', session.execute('quick'));
          });
        });
      },
      nodes,
    );
    expect(list).toEqual(['1 other', '1 any', '300 slow 0', '600 slow 1', '900 slow 2']);
  });

  it('are served in the order in which all came, where it is not their node that has no place', () => {
    const list = inVirtualTime(
      [when(cql(/^[Qq]/)).delay(10).reply(voidResult())],
      { maxConcurrent: 1 },
      (session, outcomes) => {
        session.connect().subscribe(() => {
          for (const [i, node] of [one, other, undefined, other, one, undefined].entries())
            outcomes.note(`Q${i}`, session.execute(`Q${i}`, [], { node }));
        });
      },
      nodes,
    );
    expect(list).toEqual(['10 Q0', '20 Q1', '30 Q2', '40 Q3', '50 Q4', '60 Q5']);
  });

  it.each([
    ['a query that is read at once', undefined, one],
    ['a query that is read at once, of one node,', one, undefined],
  ])('%s lets others in between its pages, which came before', (_, itsNode, node) => {
    const list = inVirtualTime(
      [
        when(cql('pages').and(times(3)))
          .delay(10)
          .reply(rows({ v: 'int' }, [[1]], { pagingState: Buffer.from('more') })),
        when(cql('pages'))
          .delay(10)
          .reply(rows({ v: 'int' }, [[2]])),
        when(cql(/^Q/)).delay(10).reply(voidResult()),
      ],
      { maxRequestsPerConnection: 1 },
      (session, outcomes) => {
        session.connect().subscribe(() => {
          outcomes.note('pages', session.query('pages', [], { node: itsNode }).pipe(concatMap((page) => page)));
          outcomes.note('Q0', session.execute('Q0', [], { node }));
          outcomes.note('Q1', session.execute('Q1', [], { node }));
        });
      },
    );
    expect(list).toEqual(['20 Q0', '30 Q1', '60 pages']);
  });

  it('leave the queue when their time is over, or somebody has left them', () => {
    const list = inVirtualTime(
      rules,
      { maxRequestsPerConnection: 1, maxQueue: 2 },
      (session, outcomes) => {
        session.connect().subscribe(() => {
          const ask = (name: string, timeout = 1_000): Observable<unknown> =>
            session.execute(name, [], { node: one, timeout });
          outcomes.note('slow 0', ask('slow 0'));
          outcomes.note('slow 1', ask('slow 1', 30));
          const left = ask('slow 2').subscribe();
          outcomes.note('slow 3', ask('slow 3'));
          left.unsubscribe();
          outcomes.note('slow 4', ask('slow 4'));
          // The other node is connected to by then.
          timer(1).subscribe(() => outcomes.note('other', session.execute('quick', [], { node: other })));
        });
      },
      nodes,
    );
    expect(list).toEqual([
      `0 slow 3: ${ThrottleError.name}`,
      '1 other',
      `100 slow 1: ${RequestTimeoutError.name}`,
      '300 slow 0',
      '600 slow 4',
    ]);
  });
});
