import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { murmur3Token } from '../../../src/codec/murmur3.js';

// The Murmur3 token of a key, ours and that of the popular driver. Each function computes one.

// The driver does not export its hash, nor has it types.
const { Murmur3Tokenizer } = createRequire(import.meta.url)('cassandra-driver/lib/tokenizer.js') as {
  Murmur3Tokenizer: new () => { hash(key: Buffer): unknown };
};
const tokenizer = new Murmur3Tokenizer();

/** Enough that no branch is learned by heart, a power of two. */
const KEYS = 1024;

/** An int, a uuid, a uuid as text, a longer text. */
const SIZES = [4, 16, 36, 100];

/** What was computed last: a result that nobody could see might not be computed at all. */
const last: { token?: unknown } = {};

/** The same bytes at every run. */
function keysOf(size: number): Buffer[] {
  return Array.from({ length: KEYS }, (_, i) =>
    createHash('shake256', { outputLength: size }).update(String(i)).digest(),
  );
}

export const cases: readonly { name: string; ours: () => void; theirs: () => void }[] = SIZES.map((size) => {
  const keys = keysOf(size);
  let next = 0;
  return {
    name: `murmur3, ${size} bytes`,
    ours: () => {
      last.token = murmur3Token(keys[next++ % KEYS]!);
    },
    theirs: () => {
      last.token = tokenizer.hash(keys[next++ % KEYS]!);
    },
  };
});
