import fc from 'fast-check';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors.js';
import { parseMarbles } from '../../../src/testing/server/marble-script.js';

const written = (diagram: string): string =>
  parseMarbles(diagram)
    .map(({ at, marbles }) => `${at} ${marbles.join('')}`)
    .join(', ');

describe('parseMarbles', () => {
  it.each([
    ['', ''],
    ['---', ''],
    ['a', '0 a'],
    ['--a-b|', '2 a, 4 b, 5 |'],
    [' - - a ', '2 a'],
    ['--(ab|)', '2 ab|'],
    ['(ab)-c', '0 ab, 5 c'],
    ['(a b)c', '0 ab, 4 c'],
    ['a 9ms b', '0 a, 10 b'],
    ['1s a 1.5s b 1m #', '1000 a, 2501 b, 62502 #'],
    ['a1b', '0 a, 1 1, 2 b'],
    ['10ms', ''],
    ['a10ms', '0 a, 1 1, 2 0, 3 m, 4 s'],
  ])('reads %j', (diagram, expected) => {
    expect(written(diagram)).toBe(expected);
  });

  it('reads what RxJS reads', () => {
    const piece = fc.constantFrom('-', '--', 'a', 'b', '(ab)', '(a b|)', ' ', ' 3ms ', ' 2s ', '|', '#', '1');
    // Only there a dash is a millisecond to it too.
    new TestScheduler(() => undefined).run(() => {
      fc.assert(
        fc.property(fc.array(piece), (parts) => {
          const diagram = parts.join('');
          const kinds = { N: (value: unknown) => value, C: () => '|', E: () => '#' };
          const expected = TestScheduler.parseMarbles(diagram, undefined, undefined, false, true).map(
            ({ frame, notification }) => [frame, kinds[notification.kind]((notification as { value?: unknown }).value)],
          );
          const found = parseMarbles(diagram).flatMap(({ at, marbles }) => marbles.map((marble) => [at, marble]));
          expect(found).toEqual(expected);
        }),
        { numRuns: 500 },
      );
    });
  });

  it.each([
    ['--(ab', 'a group is not closed'],
    ['--ab)', '")" has no meaning here'],
    ['--^a', '"^" has no meaning here'],
    ['(a-b)', 'in a group there are only values, | and #'],
  ])('refuses %j', (diagram, reason) => {
    expect(() => parseMarbles(diagram)).toThrow(ConfigurationError);
    expect(() => parseMarbles(diagram)).toThrow(reason);
  });
});
