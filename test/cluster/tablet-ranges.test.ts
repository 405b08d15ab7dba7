import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlacedTablet, TabletRanges } from '../../src/cluster/tablet-ranges.js';
import { nodeOf } from '../support/clusters.js';

const HIGHEST = 2n ** 63n - 1n;
const LOWEST = -(2n ** 63n);

/** The tablets behind `first` up to and including `last`, which the node of this number has. */
const tablet = (first: bigint, last: bigint, number = 0, isWhole = true): PlacedTablet => ({
  first,
  last,
  nodes: [nodeOf(number)],
  isWhole,
});

/** Few tokens, so that tablets touch and overlap, and the ends of all tokens. */
const FEW = [LOWEST, LOWEST + 1n, -3n, -2n, -1n, 0n, 1n, 2n, 3n, HIGHEST - 1n, HIGHEST];
const someTablets = fc
  .record({ ends: fc.uniqueArray(fc.constantFrom(...FEW), { minLength: 2, maxLength: 2 }), isWhole: fc.boolean() })
  .map(({ ends: [a, b], isWhole }) => tablet(a! < b! ? a! : b!, a! < b! ? b! : a!, 0, isWhole));
const additions = fc
  .array(someTablets, { maxLength: 12 })
  .map((all) => all.map((one, number) => ({ ...one, nodes: [nodeOf(number)] })));

describe('the tablets of a table', () => {
  it('begin behind their first token and end with their last', () => {
    const ranges = new TabletRanges();
    ranges.add(tablet(10n, 20n, 1));
    ranges.add(tablet(20n, 30n, 2));
    expect([10n, 11n, 20n, 21n, 30n, 31n].map((token) => ranges.at(token)?.[0]?.hostId.at(-1))).toEqual([
      undefined,
      '1',
      '1',
      '2',
      '2',
      undefined,
    ]);
  });

  it('are those that were added last, whatever they overlap', () => {
    fc.assert(
      fc.property(additions, fc.option(fc.nat(12)), (all, filteredAfter) => {
        const ranges = new TabletRanges();
        let model: PlacedTablet[] = [];
        for (const [i, added] of all.entries()) {
          ranges.add(added);
          model = [...model.filter(({ first, last }) => last <= added.first || added.last <= first), added];
          if (i === filteredAfter) {
            ranges.filter(({ isWhole }) => isWhole);
            model = model.filter(({ isWhole }) => isWhole);
          }
          expect(ranges.size).toBe(model.length);
          for (const token of FEW) {
            expect(ranges.at(token)).toBe(model.find(({ first, last }) => first < token && token <= last)?.nodes);
          }
        }
      }),
    );
  });
});
