import { describe, expect, it } from 'vitest';
import { readSpec } from '../../marbles/spec-source.js';

const file = (body: string): string => `
behaviour('A behaviour', text, () => {
  spec('A title', ({ cold }) => {
${body.replace(/^(?=.)/gm, '    ')}
  });

  spec('Another title', ({ cold }) => {
    const other = cold('-');
  });
});
`;

describe('what a picture takes over from its specification', () => {
  it('is names and code, wherever they stand', () => {
    const body = `const fetch1 = cold('--(r|)', { r: page('a') });
const stop = hot<string>('---s');
const work = (row: string) => (row === 'a' ? cold('--|') : cold('-|'));
const unused = 1;
const query = queryOf(fetch1);
const result = query.pipe(
  takeUntil(stop),
  concatMap((page) => page.pipe(concatMap(work))),
);

const values = { x: 'a' };
expectObservable(result, '^--!').toBe('--x', values);
// A note
// of two lines.
expectSubscriptions(fetch1.subscriptions).toBe('^-!');
// Another.`;
    expect(readSpec(file(body), 'A title')).toEqual({
      body,
      sources: ['fetch1', 'stop'],
      makers: [{ name: 'work', code: "(row: string) => (row === 'a' ? cold('--|') : cold('-|'))" }],
      results: [
        {
          name: 'result',
          code: 'query.pipe(\n  takeUntil(stop),\n  concatMap((page) => page.pipe(concatMap(work))),\n)',
        },
      ],
      setup: ['query = queryOf(fetch1)'],
      notes: ['A note of two lines.', 'Another.'],
    });
  });

  it('is refused where it cannot be read', () => {
    expect(() => readSpec(file(''), 'No title')).toThrow('There is no specification "No title" of the usual form.');
    expect(() => readSpec(file('expectObservable(result).toBe();'), 'A title')).toThrow(
      'In "A title", what is expected has to be a const of its own.',
    );
  });
});
