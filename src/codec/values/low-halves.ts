import { DecodeError } from '../../errors.js';

/** So many elements or keys that agree in their low 64 bits take some tenths of a millisecond to be told apart. */
const MOST = 256;

/**
 * Counts what agrees in its low 64 bits. These are all that V8 finds a bigint by in a Set or Map, so that of 20,000 longer ones
 * that share them, each is compared with all before it: a second for 400 KB.
 */
export class LowHalves {
  // By text, whose place in a Map nobody can foresee; the bigints themselves could be chosen to collide here.
  private counts: Map<string, number> | undefined;

  /** @throws DecodeError if `value` is one too many. */
  add(value: unknown): void {
    if (typeof value !== 'bigint') return;
    const low = BigInt.asIntN(64, value);
    if (low === value) return;
    this.counts ??= new Map();
    const key = low.toString(16);
    const count = (this.counts.get(key) ?? 0) + 1;
    if (count > MOST) {
      throw new DecodeError(
        `more than ${MOST} of its integers agree in their low 64 bits: a codec for their type can make text of them`,
      );
    }
    this.counts.set(key, count);
  }
}
