/** Numbers that look random and are the same for the same seed (xorshift128, started by splitmix32). */
export class Random {
  private readonly state = new Uint32Array(4);

  constructor(seed: number) {
    for (let i = 0; i < 4; i++) this.state[i] = mix(seed + i * 0x9e3779b9) | 1;
  }

  /** An unsigned integer of 32 bits. */
  bits(): number {
    const [x, , , w] = this.state as unknown as [number, number, number, number];
    const t = x ^ (x << 11);
    this.state.copyWithin(0, 1);
    this.state[3] = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return this.state[3];
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
    return Buffer.from(Uint8Array.from({ length }, () => this.bits()));
  }
}

/** Spreads the bits of a number over all of another. */
export function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
