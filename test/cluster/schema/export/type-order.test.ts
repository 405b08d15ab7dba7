import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typeOrder } from '../../../../src/cluster/schema/export/type-order.js';
import type { TypeMetadata } from '../../../../src/cluster/schema/keyspace-metadata.js';

/** Types by what they are made of: `{ a: ['b', 'int'] }`. */
function types(parts: Readonly<Record<string, readonly string[]>>): Map<string, TypeMetadata> {
  return new Map(
    Object.entries(parts).map(([name, fields]) => [
      name,
      { keyspace: 'ks', name, fields: fields.map((type, i) => ({ name: `f${i}`, type: `frozen<"${type}">` })) },
    ]),
  );
}
const order = (parts: Readonly<Record<string, readonly string[]>>): string[] =>
  typeOrder(types(parts)).map(({ name }) => name);

describe('typeOrder', () => {
  it('has each type after those it is made of', () => {
    expect(order({ a: ['b', 'c'], b: ['z'], c: ['int'], z: [] })).toEqual(['c', 'z', 'b', 'a']);
  });

  it('is that of the names where nothing else counts', () => {
    expect(order({ b: ['int'], c: [], a: ['text'] })).toEqual(['a', 'b', 'c']);
  });

  it('has all types, also those that contain each other', () => {
    expect(order({ a: ['b'], b: ['a'], c: ['c'], d: [], e: ['a'] })).toEqual(['d', 'a', 'b', 'c', 'e']);
  });

  it('takes a long chain', () => {
    const chain = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`t${i}`, [`t${i + 1}`]]));
    expect(order(chain).slice(-1)).toEqual(['t0']);
  });

  it('is one in which everything can be created, whenever there is one', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const shuffled = fc.shuffledSubarray(names, { minLength: names.length });
    const edges = fc.array(fc.tuple(fc.nat(5), fc.nat(5)));
    fc.assert(
      fc.property(shuffled, edges, (ranks, drawn) => {
        const parts: Record<string, string[]> = Object.fromEntries(names.map((name) => [name, []]));
        for (const [x, y] of drawn) if (x < y) parts[ranks[y]!]!.push(ranks[x]!);
        const sorted = order(parts);
        expect([...sorted].sort()).toEqual(names);
        for (const [name, needed] of Object.entries(parts)) {
          for (const part of needed) expect(sorted.indexOf(part)).toBeLessThan(sorted.indexOf(name));
        }
      }),
    );
  });
});
