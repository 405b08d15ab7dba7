import { CqlError } from 'rxcql';
import { marbles, page, queryOf } from 'rxcql/testing';
import { defer } from 'rxjs';
import { describe, it } from 'vitest';
import { remind } from './remind.js';

const ada = { id: 1, email: 'ada@example.org' };
const bob = { id: 2, email: 'bob@example.org' };
const cyd = { id: 3, email: 'cyd@example.org' };
const ids = { a: 1, b: 2, c: 3 };

describe('remind()', () => {
  it('sends two mails at a time, across pages', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('           --(r|)', { r: page([ada], { more: true }) });
      const fetch2 = cold('             -(r|)', { r: page([bob, cyd]) });
      const send = () => cold('         ----|');
      const reminded = remind(queryOf(fetch1, fetch2), send);

      expectObservable(reminded).toBe('------ab--(c|)', ids);
      expectSubscriptions(fetch2.subscriptions).toBe('--^!');
    });
  });

  it('tries a mail again', () => {
    marbles(({ cold, expectObservable }) => {
      const fetch1 = cold('           --(r|)', { r: page([ada]) });
      const answers = [cold('           -#'), cold('-|')];
      const send = () => defer(() => answers.shift()!);
      const reminded = remind(queryOf(fetch1), send);

      expectObservable(reminded).toBe('----(a|)', ids);
    });
  });

  it('ends with the query, when a page cannot be fetched', () => {
    marbles(({ cold, expectObservable }) => {
      const fetch1 = cold('           --(r|)', { r: page([ada], { more: true }) });
      const fetch2 = cold<never>('      -----#', {}, new CqlError('ERR_RXCQL_REQUEST_TIMEOUT', 'No answer in time.'));
      const send = () => cold('         ----|');
      const reminded = remind(queryOf(fetch1, fetch2), send);

      expectObservable(reminded).toBe('------a#', ids, { code: 'ERR_RXCQL_REQUEST_TIMEOUT' });
    });
  });

  it('leaves the mails and the query when it is left', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('         --(r|)', { r: page([ada], { more: true }) });
      const fetch2 = cold('           ------(r|)', { r: page([bob]) });
      const mail = cold('             ------|');
      const reminded = remind(queryOf(fetch1, fetch2), () => mail);

      expectObservable(reminded, '   ^----!').toBe('-----');
      expectSubscriptions(mail.subscriptions).toBe('  --^--!');
      expectSubscriptions(fetch2.subscriptions).toBe('--^--!');
    });
  });
});
