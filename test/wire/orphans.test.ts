import { describe, expect, it } from 'vitest';
import { Orphans } from '../../src/wire/orphans.js';

function orphans(count: number, tick: number): Orphans {
  const made = new Orphans();
  for (let id = 1; id <= count; id++) made.add(id, tick);
  return made;
}

describe('orphans', () => {
  it('are too many from 256 on, when they are a second old', () => {
    expect(orphans(256, 100).areTooMany(119)).toBe(false);
    expect(orphans(256, 100).areTooMany(120)).toBe(true);
    expect(orphans(255, 100).areTooMany(1_000)).toBe(false);
  });

  it('do not count when they are young, however many there are', () => {
    const many = orphans(255, 100);
    for (let id = 1_000; id < 3_000; id++) many.add(id, 110);
    expect(many.areMany).toBe(true);
    expect(many.areTooMany(125)).toBe(false);
    expect(many.areTooMany(130)).toBe(true);
  });

  it('are none any more when their answers have come', () => {
    const some = orphans(256, 100);
    some.delete(17);
    expect([some.count, some.areMany, some.areTooMany(1_000)]).toEqual([255, false, false]);
  });
});
