import { concatMap, map, of, throwError, toArray } from 'rxjs';
import { marbles } from 'rxcql/testing';
import { expect, it } from 'vitest';
import { runsOf } from '../../../src/cli/load/runs-of.js';

const first = (value: string): string => value[0]!;

it('cuts where the key changes, and ends a run when the next one begins', () => {
  marbles(({ cold, expectObservable }) => {
    const source = cold('-a-b--c-d|', { a: 'x1', b: 'x2', c: 'y1', d: 'x3' });
    const runs = source.pipe(
      runsOf(first),
      concatMap(({ key, values }) =>
        values.pipe(
          toArray(),
          map((all) => `${key}: ${all.join()}`),
        ),
      ),
    );
    expectObservable(runs).toBe('------a-b(c|)', { a: 'x: x1,x2', b: 'y: y1', c: 'x: x3' });
  });
});

it('keeps what came last until somebody subscribes, and has no run without values', () => {
  marbles(({ cold, expectObservable }) => {
    const late = cold('-(ab)|', { a: 'x1', b: 'y1' }).pipe(
      runsOf(first),
      concatMap(({ values }) => values),
    );
    expectObservable(late).toBe('-(ab)|', { a: 'x1', b: 'y1' });
    expectObservable(cold('--|').pipe(runsOf(first))).toBe('--|');
  });
});

it('errors with the error of the source, and with what tells the key', () => {
  const errors: unknown[] = [];
  throwError(() => 'source').pipe(runsOf(first)).subscribe({ error: (error) => errors.push(error) }); // prettier-ignore
  const unread = runsOf<string, never>(() => {
    throw new RangeError('key');
  });
  of('x').pipe(unread).subscribe({ error: (error) => errors.push(error) }); // prettier-ignore
  expect(errors).toEqual(['source', new RangeError('key')]);
});
