import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halves, segmentsOf } from '../../src/etl/range-segments.js';
import { ringArcs } from '../../src/etl/ring-arcs.js';
import { splitArcs } from '../../src/etl/split-arcs.js';
import { RING_SIZE, RING_START, tokensIn } from '../../src/etl/token-range.js';
import { nodeAt } from '../support/token-table.js';

const MAX = 2n ** 63n - 1n;
const SIMPLE = { class: 'SimpleStrategy', replication_factor: '2' };
const anyToken = fc.oneof(
  fc.bigInt({ min: RING_START, max: MAX }),
  fc.constantFrom(RING_START, RING_START + 1n, -1n, 0n, 1n, MAX - 1n, MAX),
);

/** A ring of some nodes with some tokens each, the least and the greatest among them. */
const anyRing = fc
  .uniqueArray(fc.record({ token: anyToken, node: fc.integer({ min: 0, max: 4 }) }), {
    minLength: 1,
    maxLength: 40,
    selector: ({ token }) => token,
  })
  .map((entries) => entries.map(({ token, node }) => ({ token, node: NODES[node]! })));
const NODES = Array.from({ length: 5 }, (_, i) => nodeAt(`n${i}:1`, `rack${i % 2}`));

interface Part {
  readonly start: bigint;
  readonly end: bigint;
}

/** Each begins where the one before ends, the first where the last ends, and all together are as large as the ring. */
function expectWhole(parts: readonly Part[]): void {
  expect(parts[0]!.start).toBe(RING_START);
  expect(parts.at(-1)!.end).toBe(RING_START);
  for (const [i, { start }] of parts.slice(1).entries()) expect(start).toBe(parts[i]!.end);
  expect(parts.reduce((sum, { start, end }) => sum + tokensIn(start, end), 0n)).toBe(RING_SIZE);
}

describe('ringArcs()', () => {
  it('has each token of any ring exactly once, and cuts only where replicas change', () => {
    fc.assert(
      fc.property(anyRing, (ring) => {
        const arcs = ringArcs(ring, SIMPLE);
        expectWhole(arcs);
        for (const [i, { replicas }] of arcs.slice(1).entries()) {
          expect(new Set(replicas)).not.toEqual(new Set(arcs[i]!.replicas));
        }
      }),
    );
  });

  it('has the replicas of the end of each arc, wherever a token is', () => {
    fc.assert(
      fc.property(anyRing, anyToken, (ring, token) => {
        const sorted = [...ring].sort((a, b) => (a.token < b.token ? -1 : 1));
        const at = sorted.findIndex((entry) => entry.token >= token);
        const around = [...sorted.slice(Math.max(at, 0)), ...sorted.slice(0, Math.max(at, 0))].map(({ node }) => node);
        const expected = [...new Set(around)].slice(0, 2);
        const place = tokensIn(RING_START, token);
        const arc = ringArcs(ring, SIMPLE).find(({ end }) => place <= tokensIn(RING_START, end))!;
        expect(new Set(arc.replicas)).toEqual(new Set(expected));
      }),
    );
  });

  it('is one arc for one token, and for one node with many', () => {
    const node = NODES[0]!;
    const whole = [{ start: RING_START, end: RING_START, replicas: [node] }];
    for (const token of [RING_START, 0n, MAX]) expect(ringArcs([{ token, node }], SIMPLE)).toEqual(whole);
    const vnodes = Array.from({ length: 256 }, (_, i) => ({ token: BigInt(i) * 1_000n, node }));
    expect(ringArcs(vnodes, SIMPLE)).toEqual(whole);
  });

  it('is one arc where nobody knows the replicas', () => {
    const ring = NODES.map((node, i) => ({ token: BigInt(i), node }));
    expect(ringArcs(ring, { class: 'LocalStrategy' })).toHaveLength(1);
  });
});

describe('splitArcs()', () => {
  it('has each token of any ring exactly once, whatever the number of parts', () => {
    fc.assert(
      fc.property(anyRing, fc.integer({ min: 1, max: 300 }), (ring, count) => {
        const arcs = ringArcs(ring, SIMPLE);
        const parts = splitArcs(arcs, count);
        expectWhole(parts);
        const tokens = arcs.reduce((sum, { start, end }) => sum + Number(tokensIn(start, end) < 300n), 0);
        expect(parts.length).toBeGreaterThanOrEqual(count - 300 * tokens);
        expect(parts.length).toBeLessThanOrEqual(count + arcs.length);
      }),
    );
  });

  it('cuts 3 nodes with 256 tokens each', () => {
    const step = RING_SIZE / 768n;
    const ring = Array.from({ length: 768 }, (_, i) => ({
      token: RING_START + 7n + step * BigInt(i),
      node: NODES[i % 3]!,
    }));
    const arcs = ringArcs(ring, { class: 'SimpleStrategy', replication_factor: '1' });
    // What is before the first token and behind the last belongs to one node.
    expect(arcs).toHaveLength(769);
    expectWhole(splitArcs(arcs, 10));
    expectWhole(splitArcs(arcs, 5_000));
    expect(splitArcs(ringArcs(ring, { class: 'SimpleStrategy', replication_factor: '3' }), 12)).toHaveLength(12);
  });

  it('has no more parts than tokens', () => {
    const replicas = [NODES[0]!];
    expect(splitArcs([{ start: 5n, end: 8n, replicas }], 1 << 20)).toHaveLength(1);
    const tiny = splitArcs([{ start: MAX - 1n, end: RING_START, replicas }], 1);
    expect(tiny).toEqual([{ start: MAX - 1n, end: RING_START, replicas }]);
    const sixteenth = { start: 0n, end: RING_SIZE / 16n, replicas };
    expect(splitArcs([sixteenth], 64).map(({ end }) => end)).toEqual(
      [1n, 2n, 3n, 4n].map((i) => (i * RING_SIZE) / 64n),
    );
  });
});

describe('segments', () => {
  it('of any range are the range, and none goes beyond the end of the ring', () => {
    fc.assert(
      fc.property(anyToken, anyToken, (start, end) => {
        const segments = segmentsOf(start, end);
        expect(segments.length).toBeLessThanOrEqual(2);
        expect([segments[0]!.start, segments.at(-1)!.end]).toEqual([start, end]);
        for (const segment of segments) {
          expect(segment.start < segment.end || segment.end === RING_START).toBe(true);
        }
        const total = segments.reduce((sum, segment) => sum + tokensIn(segment.start, segment.end), 0n);
        expect(total).toBe(tokensIn(start, end));
      }),
    );
  });

  it('of any range are halved into two that are it, until there is one token', () => {
    fc.assert(
      fc.property(anyToken, anyToken, (start, end) => {
        for (const segment of segmentsOf(start, end)) {
          const both = halves(segment);
          if (tokensIn(segment.start, segment.end) === 1n) {
            expect(both).toBeUndefined();
          } else {
            const [first, second] = both!;
            expect([first.start, first.end, second.end]).toEqual([segment.start, second.start, segment.end]);
            expect(tokensIn(first.start, first.end) + tokensIn(second.start, second.end)).toBe(
              tokensIn(segment.start, segment.end),
            );
          }
        }
      }),
    );
  });

  it('are halved behind what was read of them, and not at all where that is not known', () => {
    const pagingState = Buffer.from('state');
    const segment = { start: 0n, end: 100n, pagingState, reached: 60n, depth: 1 };
    expect(halves(segment)).toEqual([
      { ...segment, end: 80n, depth: 2 },
      { start: 80n, end: 100n, pagingState: undefined, reached: undefined, depth: 2 },
    ]);
    expect(halves({ ...segment, reached: undefined })).toBeUndefined();
    expect(halves({ ...segment, reached: 100n })).toBeUndefined();
  });
});
