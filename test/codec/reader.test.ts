import { describe, expect, it } from 'vitest';
import { Reader } from '../../src/codec/reader.js';
import { DecodeError } from '../../src/errors.js';
import { bytes, string, thrownBy } from './support.js';

const reader = (...parts: string[]): Reader => new Reader(bytes(...parts));

describe('Reader', () => {
  it('reads numbers big-endian, one behind the other', () => {
    const numbers = reader('ab', 'abcd', '01020304', 'fffffffe', '0102030405060708', 'fffffffffffffffe');
    expect(numbers.u8()).toBe(0xab);
    expect(numbers.u16()).toBe(0xabcd);
    expect(numbers.i32()).toBe(0x01020304);
    expect(numbers.i32()).toBe(-2);
    expect(numbers.i64()).toBe(0x0102030405060708n);
    expect(numbers.i64()).toBe(-2n);
    expect(numbers.remaining).toBe(0);
  });

  it('reads text as UTF-8', () => {
    expect(reader('0006', '6e61c3af7665').string()).toBe('naïve');
    expect(reader('0000').string()).toBe('');
    expect(reader('0004', 'efbbbf61').string()).toBe('\ufeffa');
  });

  it('reads lists and maps of text', () => {
    expect(reader('0002', string('a'), string('b')).stringList()).toEqual(['a', 'b']);
    expect(reader('0002', string('a'), '0001', string('x'), string('__proto__'), '0000').stringMultimap()).toEqual(
      new Map([
        ['a', ['x']],
        ['__proto__', []],
      ]),
    );
  });

  it('reads bytes, null where their length is negative', () => {
    expect(reader('00000002 aabb').bytes()).toEqual(bytes('aabb'));
    expect(reader('00000000').bytes()).toEqual(bytes(''));
    expect(reader('ffffffff').bytes()).toBeNull();
    expect(reader('80000000').bytes()).toBeNull();
    expect(reader('0002 aabb').shortBytes()).toEqual(bytes('aabb'));
    expect(reader('0001', string('k'), '00000001 aa').bytesMap()).toEqual(new Map([['k', bytes('aa')]]));
  });

  it('copies bytes, so that they neither change with the buffer nor keep it in memory', () => {
    const buffer = bytes('00000002 aabb', '0002 ccdd', '0001 0001 6b 00000001 ee', '04 7f000001');
    const source = new Reader(buffer);
    const copies = [source.bytes()!, source.shortBytes(), source.bytesMap().get('k')!, source.inetAddress()];
    buffer.fill(0);
    expect(copies.map((copy) => copy.toString('hex'))).toEqual(['aabb', 'ccdd', 'ee', '7f000001']);
    for (const copy of copies) expect(copy.buffer.byteLength).toBe(copy.length);
  });

  it('reads a UUID as its canonical text', () => {
    expect(reader('00112233 4455 6677 8899 aabbccddeeff').uuid()).toBe('00112233-4455-6677-8899-aabbccddeeff');
  });

  it('reads addresses of 4 and 16 bytes and no others', () => {
    expect(reader('04 7f000001').inetAddress()).toEqual(bytes('7f000001'));
    expect(reader('10', '00'.repeat(15), '01').inetAddress()).toHaveLength(16);
    expect(thrownBy(() => reader('05 0000000000').inetAddress())).toEqual(
      new DecodeError('An address has 4 or 16 bytes, not 5.'),
    );
  });

  it('never reads beyond its end, though the buffer goes on', () => {
    const buffer = bytes('00000004 aabbccdd');
    const bounded = new Reader(buffer, 0, 7);
    expect(thrownBy(() => bounded.bytes())).toEqual(
      new DecodeError('The response ends too early: 4 bytes are announced, 3 are left.'),
    );
    expect(() => new Reader(buffer, 0, 3).i32()).toThrow(DecodeError);
    expect(() => new Reader(buffer, 6, 8).i64()).toThrow(DecodeError);
  });

  it('refuses a count that cannot be there, before it reads the first element', () => {
    expect(thrownBy(() => reader('ffff 0000').stringList())).toEqual(
      new DecodeError('A count of 65535 does not fit in the 2 bytes that are left.'),
    );
    expect(() => reader('0002 0000 0000').stringMultimap()).toThrow(DecodeError);
    expect(() => reader('0001 0000 0000').bytesMap()).toThrow(DecodeError);
    expect(() => reader('00').count(-1, 1)).toThrow(DecodeError);
    expect(reader('00 00').count(2, 1)).toBe(2);
  });
});
