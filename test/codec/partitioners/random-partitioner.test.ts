import { describe, expect, it } from 'vitest';
import { randomPartitioner as partitioner } from '../../../src/codec/partitioners/random-partitioner.js';
import { DecodeError } from '../../../src/errors.js';
import { bytes, thrownBy } from '../support.js';

describe('randomPartitioner', () => {
  // The digests of RFC 1321, section A.5: what begins with a digit from 8 to f is a negative number.
  it.each([
    ['a', 0x0cc175b9c0f1b6a831c399e269772661n],
    ['abc', 2n ** 128n - 0x900150983cd24fb0d6963f7d28e17f72n],
    ['message digest', 2n ** 128n - 0xf96b697d7cb7938d525a2f31aaf161d0n],
    ['abcdefghijklmnopqrstuvwxyz', 2n ** 128n - 0xc3fcd3d76192e4007dfb496cca67e13bn],
    [
      '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
      0x57edf4a22be3c955ac49da2e2107b67an,
    ],
  ])('takes the absolute value of the MD5 of %j', (key, token) => {
    expect(partitioner.token(Buffer.from(key))).toBe(token);
    expect(partitioner.token(Buffer.from(`<${key}>>`), 1, 1 + key.length)).toBe(token);
  });

  it('gives an empty key the minimum, which is no MD5', () => {
    expect(partitioner.token(bytes(''))).toBe(-1n);
    expect(partitioner.token(bytes('0102'), 1, 1)).toBe(-1n);
    expect(partitioner.minimum).toBe(-1n);
  });

  it('has its tokens in the order of integers', () => {
    const tokens = ['-1', '0', '9', '10', '170141183460469231731687303715884105728'].map((text) =>
      partitioner.parse(text),
    );
    expect(tokens).toEqual([-1n, 0n, 9n, 10n, 2n ** 127n]);
    expect([...tokens].reverse().sort((a, b) => partitioner.compare(a, b))).toEqual(tokens);
  });

  it.each(['', '-2', 'ff', '170141183460469231731687303715884105729'])('does not take %j for a token', (text) => {
    const error = thrownBy(() => partitioner.parse(text));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error.message).toBe(
      'A token is an integer from -1 to 170141183460469231731687303715884105728; the server sent something else.',
    );
  });
});
