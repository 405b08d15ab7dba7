import fc from 'fast-check';
import type { Node } from '../../src/cluster/node.js';
import type { TokenOwner } from '../../src/cluster/token-ring.js';

// Clusters made up for tests of what only computes.

/** A node that is up, named by its number. */
export function nodeOf(number: number, datacenter = 'dc1', rack = 'r1', isUp = true): Node {
  const hex = number.toString(16).padStart(12, '0');
  return {
    hostId: `00000000-0000-4000-8000-${hex}`,
    address: `10.0.${number >> 8}.${number & 0xff}:9042`,
    datacenter,
    rack,
    isUp,
    releaseVersion: '5.0.5',
  };
}

/** One to twelve nodes in up to three data centers with up to four racks each, and their tokens of Murmur3. */
export const owners: fc.Arbitrary<TokenOwner[]> = fc
  .array(
    fc.record({
      datacenter: fc.constantFrom('dc1', 'dc2', 'dc3'),
      rack: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
      tokens: fc.array(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), { minLength: 1, maxLength: 5 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((all) => all.map(({ datacenter, rack, tokens }, i) => ({ node: nodeOf(i, datacenter, rack), tokens })));
