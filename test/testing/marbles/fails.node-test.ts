// Fails, run by node:test: see frameworks.test.ts.
import { it } from 'node:test';
import { timer } from 'rxjs';
import { marbles } from 'rxcql/testing';

void it('fails', () => {
  marbles(({ expectObservable }) => expectObservable(timer(3)).toBe('--(0|)', { 0: 0 }));
});
