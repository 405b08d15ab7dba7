import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueCodec } from '../../../src/codec/value-codec.js';
import { blob, empty } from '../../../src/codec/values/blob.js';
import { BindError } from '../../../src/errors.js';
import { bytes, decode, encode, roundTrip, thrownBy } from '../support.js';

describe('blob', () => {
  it('is written as it is, from a Buffer or any Uint8Array', () => {
    expect(encode(blob, bytes('00ff10'))).toBe('00ff10');
    expect(encode(blob, Uint8Array.of(0, 255, 16))).toBe('00ff10');
    expect(encode(blob, new Uint8Array([9, 1, 2, 9]).subarray(1, 3))).toBe('0102');
    expect(encode(blob, new Uint8Array(0))).toBe('');
  });

  it('is read as a Buffer, an empty one too', () => {
    expect(decode(blob, '00ff10')).toEqual(bytes('00ff10'));
    expect(decode(blob, '')).toEqual(bytes(''));
  });

  it('is read as a copy, which neither changes with the response nor keeps it in memory', () => {
    const response = Buffer.concat([bytes('ee0102ee'), Buffer.alloc(Buffer.poolSize)]);
    const value = blob.decode(response, 1, 3) as Buffer;
    response.fill(0);
    expect(value).toEqual(bytes('0102'));
    expect(value.buffer).not.toBe(response.buffer);
  });

  it('is one and the same where it is empty: a million of them are hardly more than their bytes', () => {
    const vector = valueCodec({ kind: 'vector', element: { kind: 'blob' }, dimensions: 3 });
    const [first, ...others] = decode(vector, '000000') as Buffer[];
    expect(others.every((other) => other === first)).toBe(true);
    expect(roundTrip(blob, first)).toBe(first);
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (value) => {
        expect(roundTrip(blob, value)).toEqual(Buffer.from(value));
      }),
    );
  });

  it.each([
    ['00ff', 'a string'],
    [[1, 2], 'an object of class Array'],
    [new ArrayBuffer(2), 'an object of class ArrayBuffer'],
    [new Uint16Array(2), 'an object of class Uint16Array'],
    [1, 'an integer'],
  ])('refuses %j', (value, given) => {
    expect(thrownBy(() => encode(blob, value))).toEqual(new BindError(`expected a Buffer or Uint8Array, got ${given}`));
  });
});

describe('the type that has only the empty value', () => {
  it('is read as null, and written from no bytes', () => {
    const codec = valueCodec({ kind: 'custom', className: 'org.apache.cassandra.db.marshal.EmptyType' });
    expect(codec).toBe(empty);
    expect(decode(codec, '')).toBeNull();
    expect(encode(codec, new Uint8Array(0))).toBe('');
  });

  it.each([
    [Buffer.of(1), 'an object of class Buffer'],
    ['', 'a string'],
    [{}, 'an object'],
  ])('refuses %o', (value, given) => {
    expect(thrownBy(() => encode(empty, value))).toEqual(
      new BindError(`expected an empty Buffer or null, got ${given}`),
    );
  });
});
