import { lastValueFrom, type Observable, Subject } from 'rxjs';
import { ConfigurationError, createSession, RequestTimeoutError, type SessionOptions, ThrottleError } from 'rxcql';
import { cqlServer, type CqlServer, cql as statement, opcode, prepared, type Rule, voidResult, when } from 'rxcql/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { run } from '../support/running.js';

// How many requests a session has on their way, and how many may wait.

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const turn = (milliseconds = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function serving(...rules: readonly Rule[]): Promise<CqlServer> {
  const { value, stop } = await run(cqlServer(rules));
  cleanups.push(stop);
  return value;
}

function sessionTo({ contactPoint }: CqlServer, options: Partial<SessionOptions>) {
  const session = createSession({ contactPoints: [contactPoint], ...options });
  cleanups.push(() => lastValueFrom(session.close()));
  return session;
}

/** What became of requests, in the order in which it did. */
function outcomes(): { readonly list: string[]; readonly of: (name: string, source: Observable<unknown>) => void } {
  const list: string[] = [];
  const of = (name: string, source: Observable<unknown>): void => {
    source.subscribe({
      error: (error: unknown) => list.push(`${name}: ${error instanceof Error ? error.name : String(error)}`),
      complete: () => list.push(name),
    });
  };
  return { list, of };
}

describe('maxConcurrent', () => {
  it('is how many requests are on their way; the others follow in their order', async () => {
    const answers = Array.from({ length: 4 }, () => new Subject<ReturnType<typeof voidResult>>());
    let asked = 0;
    const server = await serving(when(opcode('QUERY').and(statement(/^Q/))).reply(() => answers[asked++]!));
    const session = sessionTo(server, { maxConcurrent: 2 });
    await lastValueFrom(session.connect());
    const { list, of } = outcomes();
    for (let i = 0; i < 4; i++) of(`Q${i}`, session.execute(`Q${i}`));
    await turn();
    expect(asked).toBe(2);
    answers[1]!.next(voidResult());
    await turn();
    expect([asked, list]).toEqual([3, ['Q1']]);
    answers[0]!.next(voidResult());
    answers[2]!.next(voidResult());
    await turn();
    answers[3]!.next(voidResult());
    await turn();
    expect(list).toEqual(['Q1', 'Q0', 'Q2', 'Q3']);
  });

  it('frees the place of a request that is left, or whose time is over', async () => {
    const server = await serving(when(statement(/^slow/)).drop());
    const session = sessionTo(server, { maxConcurrent: 1 });
    await lastValueFrom(session.connect());
    const left = session.execute('slow').subscribe();
    const { list, of } = outcomes();
    of('one', session.execute('one'));
    await turn();
    expect(list).toEqual([]);
    left.unsubscribe();
    await turn();
    of('slow', session.execute('slow', [], { timeout: 50 }));
    of('two', session.execute('two'));
    await turn(200);
    expect(list).toEqual(['one', `slow: ${RequestTimeoutError.name}`, 'two']);
  });

  it.each([0, -1, 1.5, Number.NaN, '4'])('%s is an error', (maxConcurrent) => {
    const options = { contactPoints: ['127.0.0.1'], maxConcurrent: maxConcurrent as number };
    expect(() => createSession(options)).toThrow(ConfigurationError);
  });
});

describe('maxQueue', () => {
  it('bounds those that wait for the first connection', async () => {
    const session = sessionTo(await serving(), { maxQueue: 2 });
    const { list, of } = outcomes();
    for (let i = 0; i < 4; i++) of(`Q${i}`, session.execute(`Q${i}`));
    const refused = [`Q2: ${ThrottleError.name}`, `Q3: ${ThrottleError.name}`];
    expect(list).toEqual(refused);
    await turn(200);
    expect(list).toEqual([...refused, 'Q0', 'Q1']);
  });

  it('bounds those that wait for their statement to be prepared', async () => {
    const preparing = new Subject<ReturnType<typeof prepared>>();
    const server = await serving(when(opcode('PREPARE')).reply(() => preparing));
    const session = sessionTo(server, { maxQueue: 2 });
    await lastValueFrom(session.connect());
    const { list, of } = outcomes();
    for (let i = 0; i < 3; i++) of(`Q${i}`, session.execute('INSERT INTO t (v) VALUES (?)', [i]));
    expect(list).toEqual([`Q2: ${ThrottleError.name}`]);
    // It does not hold up what can be sent.
    of('Q3', session.execute('Q3'));
    await turn();
    expect(list).toEqual([`Q2: ${ThrottleError.name}`, 'Q3']);
    preparing.next(prepared({ parameters: { v: 'int' } }));
    await turn();
    expect(list.slice(2)).toEqual(['Q0', 'Q1']);
  });

  it('is quick with a hundred thousand at once', async () => {
    const session = sessionTo(await serving(), { maxConcurrent: 1_024 });
    const { list, of } = outcomes();
    for (let i = 0; i < 100_000; i++) of('q', session.execute('Q'));
    expect(list.length).toBe(90_000);
    await vi.waitFor(() => expect(list.length).toBe(100_000), 4_000);
    expect(new Set(list.slice(90_000))).toEqual(new Set(['q']));
  });
});
