/** How long the requests of a session took, in milliseconds. */
export interface Latency {
  /** How many were measured. */
  readonly count: number;
  /** Of all that were measured; 0 if none was. */
  readonly mean: number;
  /**
   * What `p` per cent of the requests did not exceed, within 1 %, or a microsecond where that is more; 0 if none was measured.
   * Recent ones count for more: with each half million requests, all that were before count half as much.
   */
  percentile(p: number): number;
}

// Bucket by bucket, in microseconds. Up to 127 each number has its own. From there on each power of two is cut into 64:
//
//   128 130 132 … 254   256 260 264 … 508   512 520 …   up to 2^31 (36 minutes), which stands for all above

/** Buckets for each power of two, as a power of two. */
const BITS = 6;
const EXACT = 2 << BITS;
const BUCKETS: number = EXACT + (30 - BITS) * (1 << BITS);
const MOST = 0x7fffffff;

/** When so many are in the buckets, all counts are halved. */
const FULL = 1 << 20;

/** Latencies in 7 kB, however many there are. */
export class LatencyHistogram implements Latency {
  private total = 0;
  private sum = 0;
  private readonly buckets = new Uint32Array(BUCKETS);
  private inBuckets = 0;

  get count(): number {
    return this.total;
  }

  get mean(): number {
    return this.total === 0 ? 0 : this.sum / this.total;
  }

  record(milliseconds: number): void {
    // A clock that was set may have run backwards, or far ahead.
    const time = milliseconds > 0 ? Math.min(milliseconds, MOST / 1_000) : 0;
    this.total++;
    this.sum += time;
    this.buckets[bucketOf(time * 1_000)]!++;
    if (++this.inBuckets === FULL) this.halve();
  }

  percentile(p: number): number {
    const { buckets } = this;
    const rank = Math.max(1, Math.ceil((Math.min(Math.max(p, 0), 100) * this.inBuckets) / 100));
    let seen = 0;
    for (let i = 0; i < BUCKETS; i++) {
      seen += buckets[i]!;
      if (seen >= rank) return middleOf(i) / 1_000;
    }
    return 0;
  }

  private halve(): void {
    const { buckets } = this;
    this.inBuckets = 0;
    for (let i = 0; i < BUCKETS; i++) this.inBuckets += buckets[i]! >>>= 1;
  }
}

function bucketOf(microseconds: number): number {
  const value = Math.round(microseconds);
  if (value < EXACT) return value;
  const shift = 31 - BITS - Math.clz32(value);
  return (shift << BITS) + (value >>> shift);
}

/** The middle of what falls into a bucket, in microseconds. */
function middleOf(bucket: number): number {
  if (bucket < EXACT) return bucket;
  const shift = (bucket >>> BITS) - 1;
  const least = (bucket - (shift << BITS)) * 2 ** shift;
  return least + (2 ** shift - 1) / 2;
}
