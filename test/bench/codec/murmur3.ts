import type * as Murmur3 from '../../../src/codec/murmur3.js';
import { createHash } from 'node:crypto';
import { built, type Case } from './case.js';
import { hashKey } from './peer.js';

const { murmur3Token } = await built<typeof Murmur3>('codec/murmur3.js');

const KEYS = 1_000;

/** An int, a uuid, a uuid as text, a longer text. */
const SIZES = [4, 16, 36, 100];

/** The same bytes at every run. */
function keysOf(size: number): Buffer[] {
  return Array.from({ length: KEYS }, (_, i) =>
    createHash('shake256', { outputLength: size }).update(String(i)).digest(),
  );
}

export const cases: readonly Case[] = SIZES.map((size) => {
  const keys = keysOf(size);
  return {
    name: `Murmur3 of ${size} bytes`,
    unit: 'key',
    units: KEYS,
    ours: () => keys.map((key) => murmur3Token(key)),
    theirs: () => keys.map(hashKey),
    target: 5,
  };
});
