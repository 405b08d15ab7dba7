import fc from 'fast-check';
import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { formatAddress, inet, parseAddress } from '../../../src/codec/values/inet.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { bytes, decode, encode, roundTrip, thrownBy } from '../support.js';

describe('inet', () => {
  it.each([
    ['0.0.0.0', '00000000'],
    ['127.0.0.1', '7f000001'],
    ['255.255.255.255', 'ffffffff'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['2001:db8::ff00:42:8329', '20010db8000000000000ff0000428329'],
    ['fe80::', 'fe800000000000000000000000000000'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    // RFC 5952, section 4.2: the longest run of zeros is left out, the first of equal ones, never a single group.
    ['2001:0:0:1::1', '20010000000000010000000000000001'],
    ['2001:db8::1:0:0:1', '20010db8000000000001000000000001'],
    ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001'],
    // Section 5: an IPv4 address in an IPv6 one.
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
    ['::1:ffff:c000:201', '00000000000000000001ffffc0000201'],
  ])('%s is %s, both ways', (text, digits) => {
    expect(encode(inet, text)).toBe(digits);
    expect(decode(inet, digits)).toBe(text);
  });

  it.each([
    ['2001:DB8::1', '2001:db8::1'],
    ['0001:0:0:0:0:0:0:1', '1::1'],
    ['::192.0.2.1', '::c000:201'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
  ])('%s comes back as %s', (given, canonical) => {
    expect(roundTrip(inet, given)).toBe(canonical);
  });

  it('is taken from 4 or 16 bytes too', () => {
    expect(encode(inet, Uint8Array.of(127, 0, 0, 1))).toBe('7f000001');
    expect(encode(inet, Buffer.alloc(16))).toBe('00'.repeat(16));
  });

  it('takes for an address what Node does', () => {
    const group = fc.oneof(
      fc.stringMatching(/^[0-9a-fA-F]{0,5}$/),
      fc.constantFrom('', '0', 'ffff', 'g', '1.2.3.4', '1.2.3', '256.1.1.1', '01.2.3.4'),
    );
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.array(group, { maxLength: 9 }).map((groups) => groups.join(':')),
      fc
        .array(fc.oneof(fc.nat({ max: 300 }).map(String), fc.constantFrom('', '00', '1e1', ' 1')), { maxLength: 5 })
        .map((parts) => parts.join('.')),
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcF:.')), maxLength: 50 }),
    );
    fc.assert(
      fc.property(text, (given) => {
        const length = parseAddress(given)?.length;
        expect(length).toBe({ 0: undefined, 4: 4, 6: 16 }[isIP(given)]);
      }),
      { numRuns: 5000 },
    );
  });

  it('writes IPv6 as a URL does, but for IPv4-mapped addresses', () => {
    const sparse = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 0xffff })), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(sparse, (groups) => {
        const digits = groups.map((group) => group.toString(16).padStart(4, '0'));
        const text = decode(inet, digits.join('')) as string;
        const { hostname } = new URL(`http://[${digits.join(':')}]`);
        if (!text.includes('.')) expect(`[${text}]`).toBe(hostname);
        expect(encode(inet, text)).toBe(digits.join(''));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '256.0.0.1',
    '01.2.3.4',
    '1:2',
    ':::',
    '::1::',
    '1.2.3.4::',
    'fe80::1%eth0',
    '1.2.3.4:9042',
    '[::1]',
    ' ::1',
  ])('refuses the text %j', (text) => {
    expect(thrownBy(() => encode(inet, text))).toEqual(
      new BindError('expected an IPv4 or IPv6 address as text, or its 4 or 16 bytes, got a string'),
    );
  });

  it.each([
    [new Uint8Array(5), 'an object of class Uint8Array'],
    [[127, 0, 0, 1], 'an object of class Array'],
    [2130706433, 'an integer'],
  ])('refuses %o', (value, given) => {
    expect(thrownBy(() => encode(inet, value))).toEqual(
      new BindError(`expected an IPv4 or IPv6 address as text, or its 4 or 16 bytes, got ${given}`),
    );
  });

  it.each([1, 3, 5, 15, 17])('refuses to read %i bytes', (length) => {
    expect(thrownBy(() => decode(inet, '00'.repeat(length)))).toEqual(
      new DecodeError(`an address has 4 or 16 bytes, not ${length}`),
    );
  });
});

describe('formatAddress', () => {
  it('reads from the middle of a buffer', () => {
    expect(formatAddress(bytes('ee 7f000001 ee'), 1, 5)).toBe('127.0.0.1');
    expect(formatAddress(bytes('ee', '00'.repeat(15), '01 ee'), 1, 17)).toBe('::1');
  });
});
