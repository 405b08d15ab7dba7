import type { TypeMetadata } from '../keyspace-metadata.js';
import { namesIn } from './type-names.js';

/** Types so that each comes after those it is made of, and otherwise by name. Those of a circle, which cannot be, come last. */
export function typeOrder(types: ReadonlyMap<string, TypeMetadata>): TypeMetadata[] {
  const sorted = [...types.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const waitsFor = new Map<TypeMetadata, number>();
  const neededBy = new Map<string, TypeMetadata[]>();
  for (const type of sorted) {
    const needed = new Set(type.fields.flatMap((field) => namesIn(field.type)).filter((name) => types.has(name)));
    waitsFor.set(type, needed.size);
    for (const name of needed) {
      const others = neededBy.get(name);
      if (others === undefined) neededBy.set(name, [type]);
      else others.push(type);
    }
  }
  const order = new Set(sorted.filter((type) => waitsFor.get(type) === 0));
  // A set is walked to its end, what is added on the way included.
  for (const type of order) {
    for (const other of neededBy.get(type.name) ?? []) {
      const left = waitsFor.get(other)! - 1;
      waitsFor.set(other, left);
      if (left === 0) order.add(other);
    }
  }
  return [...order, ...sorted.filter((type) => !order.has(type))];
}
