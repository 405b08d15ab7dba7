import { describe, expect, it } from 'vitest';
import { list, map, set } from '../../../src/codec/values/collections.js';
import { customized } from '../../../src/codec/values/customized.js';
import { int } from '../../../src/codec/values/integers.js';
import { LowHalves } from '../../../src/codec/values/low-halves.js';
import { text } from '../../../src/codec/values/text.js';
import { varint } from '../../../src/codec/values/varint.js';
import { DecodeError } from '../../../src/errors.js';
import { roundTrip, thrownBy } from '../support.js';

const REFUSED = new DecodeError(
  'more than 256 of its integers agree in their low 64 bits: a codec for their type can make text of them',
);

/** Integers of more than 64 bits that V8 looks for in one place. */
function colliding(count: number, low = 0x1234_5678n): bigint[] {
  return Array.from({ length: count }, (_, i) => (BigInt(i + 1) << 64n) + low);
}

describe('integers that agree in their low 64 bits', () => {
  it('are taken as far as it takes no time', () => {
    const few = [...colliding(256), ...colliding(256, 5n), ...colliding(256).map((value) => -value)];
    expect(roundTrip(set(varint), few)).toEqual(new Set(few));
  });

  it.each([
    ['positive', (value: bigint) => value],
    ['negative', (value: bigint) => -value],
  ])('are refused as elements of a Set and keys of a Map beyond that: %s', (_, of) => {
    const many = colliding(257).map(of);
    expect(thrownBy(() => roundTrip(set(varint), many))).toEqual(REFUSED);
    const entries = many.map((value) => [value, 1]);
    expect(thrownBy(() => roundTrip(map(varint, int, false), entries))).toEqual(REFUSED);
  });

  it('are refused whichever codec makes them', () => {
    const codec = customized(text, { decode: BigInt, encode: String });
    expect(thrownBy(() => roundTrip(set(codec), colliding(257)))).toEqual(REFUSED);
  });

  it('are taken in an Array, which need not tell them apart', () => {
    expect(roundTrip(list(varint), colliding(1_000))).toEqual(colliding(1_000));
  });

  it('are counted only if they are longer than that: others that agree are the same', () => {
    const lows = new LowHalves();
    for (let i = 0; i < 1_000; i++)
      for (const value of [5n, -(2n ** 63n), 2n ** 63n - 1n, 5, 'x', null]) lows.add(value);
    for (let i = 0; i < 256; i++) lows.add(2n ** 64n + 5n);
    expect(thrownBy(() => lows.add(5n - 2n ** 64n))).toEqual(REFUSED);
  });
});
