import { describe, expect, it } from 'vitest';
import { MAX_STREAM_IDS, StreamIds } from '../../src/wire/stream-ids.js';

describe('stream ids', () => {
  it('are distinct, within the positive half of 16 bits, and never 0', () => {
    const ids = new StreamIds(MAX_STREAM_IDS);
    const all = Array.from({ length: MAX_STREAM_IDS }, () => ids.allocate());
    expect(new Set(all).size).toBe(32_767);
    expect([Math.min(...all), Math.max(...all)]).toEqual([1, 32_767]);
  });

  it('run out, and come back when they are released', () => {
    const ids = new StreamIds(2);
    const [first] = [ids.allocate(), ids.allocate()];
    expect(ids.allocate()).toBe(-1);
    expect(ids.available).toBe(0);
    ids.release(first);
    expect(ids.available).toBe(1);
    expect(ids.allocate()).toBe(first);
  });

  it('stay low while few are in use', () => {
    const ids = new StreamIds(MAX_STREAM_IDS);
    for (let i = 0; i < 1_000; i++) {
      const id = ids.allocate();
      expect(id).toBe(1);
      ids.release(id);
    }
  });
});
