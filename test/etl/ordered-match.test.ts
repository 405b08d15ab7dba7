import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MOST_WAITING, OrderedMatch, type Side } from '../../src/etl/ordered-match.js';

interface Entry {
  readonly token: bigint;
  readonly key: string;
}

interface Found {
  readonly both: string[];
  readonly missing: string[];
  readonly extra: string[];
}

/** Runs both sequences through a match, as the match wants them; says what was found, and how many entries waited at most. */
function matched(source: readonly Entry[], target: readonly Entry[]): Found & { readonly most: number } {
  const found: Found = { both: [], missing: [], extra: [] };
  let waiting = 0;
  let most = 0;
  const match = new OrderedMatch<Entry>({
    both: ({ key }, other) => {
      expect(other.key).toBe(key);
      waiting--;
      found.both.push(key);
    },
    only: (side, { key }) => {
      waiting--;
      found[side === 'source' ? 'missing' : 'extra'].push(key);
    },
  });
  const left: Record<Side, Entry[]> = { source: [...source].reverse(), target: [...target].reverse() };
  const there = new Set(target.map(({ key }) => key));
  for (let side = match.wanted; side !== undefined; side = match.wanted) {
    const { undecided } = match;
    if (undecided.length > 0) {
      match.decide(undecided.map(({ key }) => there.has(key)));
      continue;
    }
    const entry = left[side].pop();
    if (entry === undefined) {
      match.end(side);
    } else {
      waiting++;
      match.add(side, entry);
      // An entry of each side that are the same are one that waited, and one that came.
      if (found.both.at(-1) === entry.key) waiting--;
      most = Math.max(most, waiting);
    }
  }
  expect([match.isIdle, waiting]).toEqual([true, 0]);
  return { ...found, most };
}

const expectFound = (source: readonly Entry[], target: readonly Entry[]): number => {
  const { most, ...found } = matched(source, target);
  const keysOf = (entries: readonly Entry[]): string[] => entries.map(({ key }) => key);
  const [own, other] = [new Set(keysOf(source)), new Set(keysOf(target))];
  expect(found).toEqual({
    both: keysOf(source).filter((key) => other.has(key)),
    missing: keysOf(source).filter((key) => !other.has(key)),
    extra: keysOf(target).filter((key) => !own.has(key)),
  });
  return most;
};

it('finds what two parts of any sequence have in common, and what only one of them has', () => {
  const sequence = fc.array(
    fc.record({ step: fc.constantFrom(0n, 0n, 0n, 1n, 5n), where: fc.constantFrom('both', 'source', 'target') }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(sequence, (steps) => {
      let token = -100n;
      const all = steps.map(({ step, where }, i) => ({ token: (token += step), key: `${i}`, where }));
      expectFound(
        all.filter(({ where }) => where !== 'target'),
        all.filter(({ where }) => where !== 'source'),
      );
    }),
    { numRuns: 500 },
  );
});

const entries = (from: number, count: number, token = 1n): Entry[] =>
  Array.from({ length: count }, (_, i) => ({ token, key: String(from + i) }));

it.each<[string, Entry[], Entry[]]>([
  ['nothing', [], []],
  ['nothing in the target', entries(0, 5_000), []],
  ['nothing in the source', [], entries(0, 5_000)],
  ['one after the other', entries(0, 5_000), entries(5_000, 5_000)],
  ['the other after the one', entries(5_000, 5_000), entries(0, 5_000)],
  ['a part in common', entries(0, 5_000), entries(4_000, 5_000)],
  ['other tokens', entries(0, 5_000, 1n), entries(0, 5_000, 2n).map(({ token, key }) => ({ token, key: `x${key}` }))],
])('keeps few of them: %s', (_, source, target) => {
  expect(expectFound(source, target)).toBeLessThanOrEqual(2 * MOST_WAITING);
});

it('keeps one of sequences that are the same', () => {
  expect(expectFound(entries(0, 1_000), entries(0, 1_000))).toBe(1);
});
