// MurmurHash3 in its x64 variant of 128 bits, of which Cassandra uses the first 64. Numbers of 64 bits are kept as two signed
// halves, which JavaScript multiplies and shifts as integers: with bigints inside the loop it would be many times slower.

const C1_HIGH = 0x87c37b91;
const C1_LOW = 0x114253d5;
const C2_HIGH = 0x4cf5ad43;
const C2_LOW = 0x2745937f;
const C3_HIGH = 0xff51afd7;
const C3_LOW = 0xed558ccd;
const C4_HIGH = 0xc4ceb9fe;
const C4_LOW = 0x1a85ec53;
const N1 = 0x52dce729;
const N2 = 0x38495ab5;

const BLOCK = 16;

const MINIMUM: bigint = -(2n ** 63n);
const MAXIMUM: bigint = 2n ** 63n - 1n;

/** Where two halves become a bigint: reading it here costs less than shifting and adding bigints. */
const result: DataView = new DataView(new ArrayBuffer(8));

/**
 * The token that Cassandra's Murmur3Partitioner gives to a partition key, the bytes from `start` to `end`.
 *
 * Where the tail of the key, the bytes after its last whole block of 16, has bytes above 0x7F, Cassandra's hash is not the one
 * that is known as MurmurHash3: it extends their sign. An empty key has the least token, -2^63, which no other key may have.
 */
export function murmur3Token(buffer: Uint8Array, start = 0, end: number = buffer.length): bigint {
  if (start === end) return MINIMUM;
  hash(buffer, start, end);
  const token = result.getBigInt64(0);
  return token === MINIMUM ? MAXIMUM : token;
}

/** Leaves the first 64 bits of the hash in `result`. */
function hash(buffer: Uint8Array, start: number, end: number): void {
  const length = end - start;
  const tail = end - (length % BLOCK);
  let h1High = 0;
  let h1Low = 0;
  let h2High = 0;
  let h2Low = 0;
  let swap = 0;

  for (let at = start; at < end; at += BLOCK) {
    let k1High = 0;
    let k1Low = 0;
    let k2High = 0;
    let k2Low = 0;
    if (at < tail) {
      k1Low = littleEndian(buffer, at);
      k1High = littleEndian(buffer, at + 4);
      k2Low = littleEndian(buffer, at + 8);
      k2High = littleEndian(buffer, at + 12);
    } else {
      const middle = Math.min(at + 8, end);
      for (let i = end - 1; i >= middle; i--) {
        const byte = (buffer[i]! << 24) >> 24;
        k2High = ((k2High << 8) | (k2Low >>> 24)) ^ (byte >> 31);
        k2Low = (k2Low << 8) ^ byte;
      }
      for (let i = middle - 1; i >= at; i--) {
        const byte = (buffer[i]! << 24) >> 24;
        k1High = ((k1High << 8) | (k1Low >>> 24)) ^ (byte >> 31);
        k1Low = (k1Low << 8) ^ byte;
      }
    }

    // k1 = rotate(k1 * c1, 31) * c2
    k1High = productHigh(k1High, k1Low, C1_HIGH, C1_LOW);
    k1Low = Math.imul(k1Low, C1_LOW);
    swap = k1High;
    k1High = (k1High << 31) | (k1Low >>> 1);
    k1Low = (k1Low << 31) | (swap >>> 1);
    k1High = productHigh(k1High, k1Low, C2_HIGH, C2_LOW);
    k1Low = Math.imul(k1Low, C2_LOW);
    h1High ^= k1High;
    h1Low ^= k1Low;

    // k2 = rotate(k2 * c2, 33) * c1
    k2High = productHigh(k2High, k2Low, C2_HIGH, C2_LOW);
    k2Low = Math.imul(k2Low, C2_LOW);
    swap = k2High;
    k2High = (k2Low << 1) | (k2High >>> 31);
    k2Low = (swap << 1) | (k2Low >>> 31);
    k2High = productHigh(k2High, k2Low, C1_HIGH, C1_LOW);
    k2Low = Math.imul(k2Low, C1_LOW);

    if (at < tail) {
      // h1 = (rotate(h1, 27) + h2) * 5 + n1
      swap = h1High;
      h1High = (h1High << 27) | (h1Low >>> 5);
      h1Low = (h1Low << 27) | (swap >>> 5);
      h1Low = (h1Low + h2Low) | 0;
      h1High = (h1High + h2High + carry(h1Low, h2Low)) | 0;
      h1High = productHigh(h1High, h1Low, 0, 5);
      h1Low = (Math.imul(h1Low, 5) + N1) | 0;
      h1High = (h1High + carry(h1Low, N1)) | 0;
    }
    h2High ^= k2High;
    h2Low ^= k2Low;
    if (at < tail) {
      // h2 = (rotate(h2, 31) + h1) * 5 + n2
      swap = h2High;
      h2High = (h2High << 31) | (h2Low >>> 1);
      h2Low = (h2Low << 31) | (swap >>> 1);
      h2Low = (h2Low + h1Low) | 0;
      h2High = (h2High + h1High + carry(h2Low, h1Low)) | 0;
      h2High = productHigh(h2High, h2Low, 0, 5);
      h2Low = (Math.imul(h2Low, 5) + N2) | 0;
      h2High = (h2High + carry(h2Low, N2)) | 0;
    }
  }

  // h1 ^= length; h2 ^= length; h1 += h2; h2 += h1
  h1Low ^= length;
  h2Low ^= length;
  h1Low = (h1Low + h2Low) | 0;
  h1High = (h1High + h2High + carry(h1Low, h2Low)) | 0;
  h2Low = (h2Low + h1Low) | 0;
  h2High = (h2High + h1High + carry(h2Low, h1Low)) | 0;

  // h ^= h >>> 33; h *= c3; h ^= h >>> 33; h *= c4; h ^= h >>> 33
  h1Low ^= h1High >>> 1;
  h1High = productHigh(h1High, h1Low, C3_HIGH, C3_LOW);
  h1Low = Math.imul(h1Low, C3_LOW) ^ (h1High >>> 1);
  h1High = productHigh(h1High, h1Low, C4_HIGH, C4_LOW);
  h1Low = Math.imul(h1Low, C4_LOW) ^ (h1High >>> 1);
  h2Low ^= h2High >>> 1;
  h2High = productHigh(h2High, h2Low, C3_HIGH, C3_LOW);
  h2Low = Math.imul(h2Low, C3_LOW) ^ (h2High >>> 1);
  h2High = productHigh(h2High, h2Low, C4_HIGH, C4_LOW);
  h2Low = Math.imul(h2Low, C4_LOW) ^ (h2High >>> 1);

  h1Low = (h1Low + h2Low) | 0;
  result.setInt32(0, h1High + h2High + carry(h1Low, h2Low));
  result.setInt32(4, h1Low);
}

function littleEndian(buffer: Uint8Array, at: number): number {
  return buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24);
}

/** The upper half of a product modulo 2^64; the lower one is `Math.imul(aLow, bLow)`. */
function productHigh(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  const a1 = aLow >>> 16;
  const a0 = aLow & 0xffff;
  const b1 = bLow >>> 16;
  const b0 = bLow & 0xffff;
  // Neither sum exceeds 32 bits: (2^16 - 1)^2 + 2^16 - 1 < 2^32.
  const low = Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16);
  const middle = Math.imul(a0, b1) + (low & 0xffff);
  const high = Math.imul(a1, b1) + (low >>> 16) + (middle >>> 16);
  return (high + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) | 0;
}

/** What two lower halves carry over to the upper ones, told by their sum and either of them. */
function carry(sum: number, term: number): number {
  return sum >>> 0 < term >>> 0 ? 1 : 0;
}
