/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its tests by itself */
import { describe, it } from 'node:test';
import { marbles, page, queryOf } from 'rxcql/testing';
import { remind } from './remind.js';

const ada = { id: 1, email: 'ada@example.org' };
const bob = { id: 2, email: 'bob@example.org' };
const cyd = { id: 3, email: 'cyd@example.org' };

describe('remind()', () => {
  it('sends two mails at a time, across pages', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fetch1 = cold('           --(r|)', { r: page([ada], { more: true }) });
      const fetch2 = cold('             -(r|)', { r: page([bob, cyd]) });
      const send = () => cold('         ----|');
      const reminded = remind(queryOf(fetch1, fetch2), send);

      expectObservable(reminded).toBe('------ab--(c|)', { a: 1, b: 2, c: 3 });
      expectSubscriptions(fetch2.subscriptions).toBe('--^!');
    });
  });
});
