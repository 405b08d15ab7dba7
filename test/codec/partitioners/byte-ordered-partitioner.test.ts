import { describe, expect, it } from 'vitest';
import { byteOrderedPartitioner as partitioner } from '../../../src/codec/partitioners/byte-ordered-partitioner.js';
import { DecodeError } from '../../../src/errors.js';
import { bytes, thrownBy } from '../support.js';

describe('byteOrderedPartitioner', () => {
  it('takes the bytes themselves, as they are now', () => {
    const buffer = bytes('ee 00ff80 ee');
    const token = partitioner.token(buffer, 1, 4);
    buffer.fill(0);
    expect(token).toEqual(bytes('00ff80'));
    expect(partitioner.token(new Uint8Array([1, 2]))).toEqual(bytes('0102'));
  });

  it('gives an empty key the minimum', () => {
    expect(partitioner.token(bytes(''))).toEqual(partitioner.minimum);
    expect(partitioner.minimum).toEqual(bytes(''));
  });

  it('has its tokens in the order of unsigned bytes, a prefix before what it begins', () => {
    const tokens = ['', '00', '0000', '0001', '01', '7f', '7fFF', '80', 'ff', 'ff00'].map((text) =>
      partitioner.parse(text),
    );
    expect([...tokens].reverse().sort((a, b) => partitioner.compare(a, b))).toEqual(tokens);
    expect(partitioner.compare(bytes('ff00'), bytes('ff00'))).toBe(0);
    expect(partitioner.compare(bytes('ff00'), bytes('ff'))).not.toBe(0);
  });

  it.each(['0', '0g', 'ff ', '-1'])('does not take %j for a token', (text) => {
    const error = thrownBy(() => partitioner.parse(text));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error.message).toBe('A token is bytes in hexadecimal digits; the server sent something else.');
  });
});
