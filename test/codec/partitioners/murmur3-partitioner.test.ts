import { describe, expect, it } from 'vitest';
import { murmur3Partitioner as partitioner } from '../../../src/codec/partitioners/murmur3-partitioner.js';
import { DecodeError } from '../../../src/errors.js';
import { bytes, thrownBy } from '../support.js';

describe('murmur3Partitioner', () => {
  it('hashes a key, and gives an empty one the minimum', () => {
    expect(partitioner.token(bytes('00000001'))).toBe(-4069959284402364209n);
    expect(partitioner.token(bytes('ee 00000001 ee'), 1, 5)).toBe(-4069959284402364209n);
    expect(partitioner.token(bytes(''))).toBe(partitioner.minimum);
    expect(partitioner.minimum).toBe(-9223372036854775808n);
  });

  it('has its tokens in the order of signed integers', () => {
    const tokens = ['-9223372036854775808', '-10', '-9', '0', '9', '10', '9223372036854775807'].map((text) =>
      partitioner.parse(text),
    );
    expect(tokens).toEqual([-(2n ** 63n), -10n, -9n, 0n, 9n, 10n, 2n ** 63n - 1n]);
    expect([...tokens].reverse().sort((a, b) => partitioner.compare(a, b))).toEqual(tokens);
    expect(partitioner.compare(9n, 9n)).toBe(0);
  });

  it.each(['', ' ', '1.0', '1e3', '0x10', 'ff', '9223372036854775808', '-9223372036854775809', '1'.repeat(1e6)])(
    'does not take %# for a token',
    (text) => {
      const error = thrownBy(() => partitioner.parse(text));
      expect(error).toBeInstanceOf(DecodeError);
      expect(error.message).toBe(
        'A token is an integer from -9223372036854775808 to 9223372036854775807; the server sent something else.',
      );
    },
  );
});
