import { describe, expect, it } from 'vitest';
import { normalizeType } from '../../src/codec/normalize-type.js';
import { type CqlType, formatType } from '../../src/codec/type.js';
import { typeKey } from '../../src/codec/type-key.js';

const int: CqlType = { kind: 'int' };
const text: CqlType = { kind: 'text' };
const TYPES: readonly CqlType[] = [
  int,
  { kind: 'list', element: int },
  { kind: 'set', element: { kind: 'list', element: text } },
  { kind: 'map', key: text, value: { kind: 'tuple', elements: [int, text, int] } },
  { kind: 'tuple', elements: [] },
  { kind: 'vector', element: { kind: 'float' }, dimensions: 3 },
  { kind: 'udt', keyspace: 'ks', name: 'address', fields: [{ name: 'a', type: int }] },
  { kind: 'udt', keyspace: 'ks', name: 'Mixed "Case", <x>', fields: [] },
  { kind: 'udt', keyspace: 'ks', name: 'int', fields: [] },
  { kind: 'udt', keyspace: 'ks', name: 'varchar', fields: [] },
  { kind: 'custom', className: 'com.example.Point( A , "B")' },
];

describe('typeKey', () => {
  it.each(TYPES.map((type) => [formatType(type), type] as const))('is %s as normalizeType has it', (name, type) => {
    const key = normalizeType(name);
    expect(typeKey(type, key.length)).toBe(key);
    expect(typeKey(type, 1_000)).toBe(key);
  });

  it.each(TYPES.map((type) => [formatType(type), type] as const))(
    'is none for %s if that is too long',
    (name, type) => {
      expect(typeKey(type, normalizeType(name).length - 1)).toBeUndefined();
    },
  );

  it('does not read a type further than is asked for', () => {
    let reads = 0;
    const element: CqlType = {
      get kind() {
        reads++;
        return 'int' as const;
      },
    };
    const wide = { kind: 'tuple', elements: new Array<CqlType>(1_000).fill(element) } as const;
    let deep: CqlType = wide;
    for (let i = 0; i < 60; i++) deep = { kind: 'set', element: deep };
    expect(typeKey(wide, 40)).toBeUndefined();
    expect(reads).toBeLessThan(50);
    reads = 0;
    expect(typeKey(deep, 40)).toBeUndefined();
    expect(reads).toBe(0);
    expect(typeKey({ kind: 'custom', className: '"'.repeat(10_000_000) }, 40)).toBeUndefined();
  });
});
