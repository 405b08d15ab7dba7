import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LazyMap } from '../../../src/cluster/schema/lazy-map.js';

function doubles(): { map: ReadonlyMap<string, number>; made: string[] } {
  const made: string[] = [];
  const sources = new Map([
    ['a', 1],
    ['b', 2],
  ]);
  const map = new LazyMap(sources, (source, key) => {
    made.push(key);
    return source * 2;
  });
  return { map, made };
}

describe('LazyMap', () => {
  it('makes nothing for those who look at keys', () => {
    const { map, made } = doubles();
    expect([map.size, map.has('a'), map.has('c'), [...map.keys()]]).toEqual([2, true, false, ['a', 'b']]);
    expect(inspect({ map })).toBe("{ map: Map(2) [ 'a', 'b' ] }");
    expect(made).toEqual([]);
  });

  it('is an object in JSON', () => {
    expect(JSON.stringify({ map: doubles().map })).toBe('{"map":{"a":2,"b":4}}');
  });

  it('makes what is asked for', () => {
    const { map, made } = doubles();
    expect(map.get('b')).toBe(4);
    expect(map.get('c')).toBeUndefined();
    expect(made).toEqual(['b']);
  });

  it('is read as any map', () => {
    const { map } = doubles();
    const expected = new Map([
      ['a', 2],
      ['b', 4],
    ]);
    expect(new Map(map)).toEqual(expected);
    expect(new Map(map.entries())).toEqual(expected);
    expect([...map.values()]).toEqual([2, 4]);
    const seen: unknown[] = [];
    map.forEach((value, key, whole) => seen.push([value, key, whole === map]));
    expect(seen).toEqual([
      [2, 'a', true],
      [4, 'b', true],
    ]);
  });
});
