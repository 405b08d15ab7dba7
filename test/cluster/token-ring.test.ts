import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteOrderedPartitioner } from '../../src/codec/partitioners/byte-ordered-partitioner.js';
import { murmur3Partitioner } from '../../src/codec/partitioners/murmur3-partitioner.js';
import { randomPartitioner } from '../../src/codec/partitioners/random-partitioner.js';
import { TokenRing } from '../../src/cluster/token-ring.js';
import { nodeOf } from '../support/clusters.js';

const [a, b] = [nodeOf(1), nodeOf(2)];

describe('a token ring', () => {
  it('has its tokens in order, and the node of each', () => {
    const ring = new TokenRing(murmur3Partitioner, [
      { node: a, tokens: [10n, -20n] },
      { node: b, tokens: [5n] },
    ]);
    expect(ring.tokens).toEqual([-20n, 5n, 10n]);
    expect(ring.owners).toEqual([a, b, a]);
    expect(ring.size).toBe(3);
  });

  it('gives a node the tokens up to its own, and what is after the last token to the first node', () => {
    const ring = new TokenRing(murmur3Partitioner, [
      { node: a, tokens: [-20n, 10n] },
      { node: b, tokens: [5n] },
    ]);
    const positions = [-(2n ** 63n), -21n, -20n, -19n, 5n, 6n, 10n, 11n, 2n ** 63n - 1n].map((t) => ring.position(t));
    expect(positions).toEqual([0, 0, 0, 1, 1, 2, 2, 0, 0]);
  });

  it('leaves a token that two nodes have to the first', () => {
    const ring = new TokenRing(murmur3Partitioner, [
      { node: a, tokens: [7n] },
      { node: b, tokens: [7n, 8n] },
    ]);
    expect(ring.tokens).toEqual([7n, 8n]);
    expect(ring.owners).toEqual([a, b]);
  });

  it('may be empty, or of one token', () => {
    expect(new TokenRing(murmur3Partitioner, []).position(1n)).toBe(0);
    const ring = new TokenRing(murmur3Partitioner, [{ node: a, tokens: [0n] }]);
    expect([-1n, 0n, 1n].map((token) => ring.position(token))).toEqual([0, 0, 0]);
  });

  it('has the tokens of other partitioners in their own order', () => {
    const large = 2n ** 127n;
    const random = new TokenRing(randomPartitioner, [{ node: a, tokens: [large, 2n ** 64n, -1n] }]);
    expect(random.tokens).toEqual([-1n, 2n ** 64n, large]);
    expect([-1n, 0n, 2n ** 64n + 1n, large].map((token) => random.position(token))).toEqual([0, 1, 2, 2]);

    const bytes = (text: string): Buffer => Buffer.from(text, 'hex');
    const ordered = new TokenRing(byteOrderedPartitioner, [{ node: a, tokens: [bytes('80'), bytes('7f00')] }]);
    expect(ordered.tokens).toEqual([bytes('7f00'), bytes('80')]);
    expect(['', '7f', '7f00', '7f01', '80', '8000'].map((text) => ordered.position(bytes(text)))).toEqual([
      0, 0, 0, 1, 1, 0,
    ]);
  });

  it('finds what looking at every token finds', () => {
    const token = fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(-5n, 5n));
    fc.assert(
      fc.property(fc.uniqueArray(token, { minLength: 1 }), token, (tokens, sought) => {
        const ring = new TokenRing(murmur3Partitioner, [{ node: a, tokens }]);
        const after = ring.tokens.findIndex((each) => (each as bigint) >= sought);
        expect(ring.position(sought)).toBe(after === -1 ? 0 : after);
      }),
    );
  });
});
