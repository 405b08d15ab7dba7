/** Numbers that look random and are the same for the same seed (xorshift128). */
export class Random {
  private x: number;
  private y: number;
  private z: number;
  private w: number;

  constructor(seed: number) {
    [this.x, this.y, this.z, this.w] = [mix(seed), mix(seed + 1), mix(seed + 2), mix(seed + 3) | 1];
  }

  /** An unsigned integer of 32 bits. */
  bits(): number {
    const t = this.x ^ (this.x << 11);
    this.x = this.y;
    this.y = this.z;
    this.z = this.w;
    this.w = this.w ^ (this.w >>> 19) ^ t ^ (t >>> 8);
    return this.w >>> 0;
  }

  /** An integer from 0 to `count - 1`; 0 if there is none. */
  below(count: number): number {
    return count > 0 ? this.bits() % count : 0;
  }

  /** True `percent` times of a hundred. */
  chance(percent: number): boolean {
    return this.bits() % 100 < percent;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) bytes[i] = this.bits();
    return bytes;
  }
}

/** Spreads the bits of a number over all of another. */
export function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
