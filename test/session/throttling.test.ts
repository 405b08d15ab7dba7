import { type Observable, timer } from 'rxjs';
import {
  ConfigurationError,
  createSession,
  RequestTimeoutError,
  type Session,
  type SessionOptions,
  ThrottleError,
} from 'rxcql';
import { cql, fakeServer, marbles, opcode, prepared, type Rule, sessionOf, voidResult, when } from 'rxcql/testing';
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
): string[] {
  const outcomes = new Outcomes();
  marbles(
    ({ expectObservable }) => {
      use(sessionOf(fakeServer(rules), { schemaMetadata: false, ...options }), outcomes);
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
