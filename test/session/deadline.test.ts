import { concatMap, ignoreElements, lastValueFrom, map, timer } from 'rxjs';
import { createSession, executeConcurrent, type RequestTimeoutError } from 'rxcql';
import { cql, fakeServer, marbles, type Rule, rows, sessionOf, when } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';

/** Endless pages of one row, whose number is their paging state; each takes some milliseconds. */
const endless = (each: number): Rule =>
  when(cql('SELECT v FROM t'))
    .delay(each)
    .reply(({ pagingState }) => {
      const at = pagingState === undefined ? 0 : Number(pagingState.toString());
      return rows({ v: 'int' }, [[at]], { pagingState: String(at + 1) });
    });

const quick = { schemaMetadata: false } as const;
const connected = '20ms';

describe('the option deadline', () => {
  it('ends a query at the page that is not there in time, and says where to go on', () => {
    let failure: RequestTimeoutError | undefined;
    marbles(
      ({ expectObservable }) => {
        const session = sessionOf(fakeServer([endless(30)]), quick);
        const query = timer(20).pipe(
          concatMap(() => session.query<{ v: number }>('SELECT v FROM t', [], { deadline: 100 })),
          concatMap((page) => page),
          map(({ v }) => String(v)),
        );
        const seen: string[] = [];
        query.subscribe({ next: (v) => seen.push(v), error: (error: RequestTimeoutError) => (failure = error) });
        expectObservable(timer(400).pipe(map(() => seen.join('')))).toBe('400ms (v|)', { v: '0123' });
      },
      { maxTime: 1_000 },
    );
    expect(failure).toMatchObject({ code: 'ERR_RXCQL_REQUEST_TIMEOUT', pagingState: Buffer.from('4') });
    expect(failure!.message).toContain('before the deadline of 100 ms for all pages');
  });

  it('counts the time in which pages are read: the next is not asked for any more', () => {
    const server = fakeServer([endless(1)]);
    let failure: RequestTimeoutError | undefined;
    let asked = 0;
    marbles(
      ({ expectObservable }) => {
        const session = sessionOf(server, quick);
        server.requests.subscribe(({ cql: text }) => (asked += text === 'SELECT v FROM t' ? 1 : 0));
        const slow = session
          .query<{ v: number }>('SELECT v FROM t', [], { deadline: 100 })
          .pipe(concatMap((page) => timer(300).pipe(concatMap(() => page))));
        slow.subscribe({ error: (error: RequestTimeoutError) => (failure = error) });
        expectObservable(timer(1_000).pipe(ignoreElements())).toBe('1s |');
      },
      { maxTime: 2_000 },
    );
    expect(asked).toBe(1);
    expect(failure).toMatchObject({ code: 'ERR_RXCQL_REQUEST_TIMEOUT', pagingState: Buffer.from('1') });
    expect(failure!.message).toBe('The request could not be sent before the deadline of 100 ms for all pages.');
  });

  it('leaves a query alone that is done in time, and each page still has its own timeout', () => {
    const messages: string[] = [];
    marbles(
      ({ expectObservable }) => {
        const session = sessionOf(
          fakeServer([when(cql('SELECT 1')).reply(rows({ v: 'text' }, [['a']])), when(cql('SELECT 2')).drop()]),
          quick,
        );
        const done = session.query<{ v: string }>('SELECT 1', [], { deadline: 50 }).pipe(
          concatMap((page) => page),
          map(({ v }) => v),
        );
        expectObservable(timer(20).pipe(concatMap(() => done))).toBe(`${connected} (a|)`);
        session.query('SELECT 2', [], { deadline: 5_000, timeout: 100 }).subscribe({
          error: (error: Error) => messages.push(error.message),
        });
      },
      { maxTime: 2_000 },
    );
    expect(messages).toEqual(['127.0.0.1:9042 did not answer the request within 100 ms.']);
  });

  it('bounds a single request as its timeout does', () => {
    const messages: string[] = [];
    marbles(
      ({ expectObservable }) => {
        const session = sessionOf(fakeServer([when(cql('SELECT 2')).drop()]), quick);
        session.execute('SELECT 2', [], { deadline: 200 }).subscribe({
          error: (error: Error) => messages.push(error.message),
        });
        expectObservable(timer(1_000).pipe(ignoreElements())).toBe('1s |');
      },
      { maxTime: 2_000 },
    );
    expect(messages).toEqual([
      '127.0.0.1:9042 did not answer the request before the deadline of 200 ms for all pages.',
    ]);
  });

  it('is refused where there is more than one query, and where it is no time', async () => {
    const session = createSession({ contactPoints: ['127.0.0.1:1'] });
    const batch = session.batch([], { deadline: 5 } as object);
    await expect(lastValueFrom(batch)).rejects.toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' });
    const many = executeConcurrent(session, 'SELECT', [], { deadline: 5 } as object);
    await expect(lastValueFrom(many)).rejects.toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' });
    const wrong = session.query('SELECT', [], { deadline: Number.NaN });
    await expect(lastValueFrom(wrong)).rejects.toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' });
  });
});
