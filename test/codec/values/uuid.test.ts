import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeuuid, uuid } from '../../../src/codec/values/uuid.js';
import { BindError, DecodeError } from '../../../src/errors.js';
import { bytes, decode, encode, roundTrip, thrownBy } from '../support.js';

const V1 = 'a4a70900-24e1-11df-8924-001ff3591711';
const V4 = '0e3dc0b1-4d0c-4f3b-9a10-9f2f7e4c5d6e';
const V1_DIGITS = 'a4a7090024e111df8924001ff3591711';

describe.each([
  { name: 'uuid', codec: uuid, what: 'a UUID' },
  { name: 'timeuuid', codec: timeuuid, what: 'a UUID of version 1' },
])('$name', ({ codec, what }) => {
  it('is 16 bytes, read as lower-case text', () => {
    expect(encode(codec, V1)).toBe(V1_DIGITS);
    expect(decode(codec, V1_DIGITS)).toBe(V1);
  });

  it('is taken from upper-case text or 16 bytes too', () => {
    expect(encode(codec, V1.toUpperCase())).toBe(V1_DIGITS);
    expect(encode(codec, bytes(V1_DIGITS))).toBe(V1_DIGITS);
    expect(encode(codec, Uint8Array.from(bytes(V1_DIGITS)))).toBe(V1_DIGITS);
  });

  it('is written the same each time, whatever came between', () => {
    const others = fc.array(fc.uuid({ version: 1 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(others, fc.array(fc.nat(), { maxLength: 30 }), (known, choices) => {
        for (const choice of choices) {
          const text = known[choice % known.length]!;
          expect(encode(codec, text)).toBe(text.replaceAll('-', ''));
          // What is refused leaves nothing behind.
          expect(() => encode(codec, `${text.slice(0, 35)}g`)).toThrow(BindError);
          expect(() => encode(codec, '')).toThrow(BindError);
        }
      }),
    );
  });

  it('is taken with every hexadecimal digit in every place and with no other character in any', () => {
    const isDash = (at: number): boolean => V1[at] === '-';
    for (let at = 0; at < 36; at++) {
      for (let code = 0; code < 256; code++) {
        const character = String.fromCharCode(code);
        // The version of a timeuuid has a place of its own.
        if (at === 14 && codec === timeuuid) continue;
        const text = V1.slice(0, at) + character + V1.slice(at + 1);
        const fits = isDash(at) ? character === '-' : /[0-9a-fA-F]/.test(character);
        if (fits) expect(encode(codec, text)).toBe(text.replaceAll('-', '').toLowerCase());
        else expect(() => encode(codec, text), `character ${code} at ${at}`).toThrow(BindError);
      }
    }
  });

  it.each([
    '',
    V1.slice(1),
    `${V1}0`,
    `{${V1}}`,
    `urn:uuid:${V1}`,
    V1.replaceAll('-', ''),
    `${V1_DIGITS}0000`,
    V1.replace('a', '日'),
    V1.replace('a4', '\u0130'),
  ])('refuses the text %j', (text) => {
    expect(thrownBy(() => encode(codec, text))).toEqual(new BindError(`expected ${what} as text, got a string`));
  });

  it.each([
    [new Uint8Array(15), 'an object of class Uint8Array'],
    [Buffer.alloc(17), 'an object of class Buffer'],
    [1, 'an integer'],
    [1n, 'a bigint'],
    [{}, 'an object'],
  ])('refuses %o', (value, given) => {
    expect(thrownBy(() => encode(codec, value))).toEqual(
      new BindError(`expected ${what} as text or as 16 bytes, got ${given}`),
    );
  });

  it('refuses to read another number of bytes', () => {
    expect(thrownBy(() => decode(codec, '00'.repeat(15)))).toEqual(new DecodeError('expected 16 bytes, got 15'));
  });
});

describe('uuid', () => {
  it('is of any version or none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (value) => {
        const digits = Buffer.from(value).toString('hex');
        const text = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
        expect(decode(uuid, digits)).toBe(text);
        expect(encode(uuid, text)).toBe(digits);
        expect(encode(uuid, value)).toBe(digits);
      }),
    );
    fc.assert(
      fc.property(fc.uuid(), (value) => {
        expect(roundTrip(uuid, value)).toBe(value);
      }),
    );
  });
});

describe('timeuuid', () => {
  it('is of version 1: another carries no time, and the server would refuse it', () => {
    fc.assert(
      fc.property(fc.uuid({ version: 1 }), (value) => {
        expect(roundTrip(timeuuid, value)).toBe(value);
      }),
    );
    expect(() => encode(timeuuid, V4)).toThrow(BindError);
    expect(() => encode(timeuuid, bytes(V4.replaceAll('-', '')))).toThrow(BindError);
    expect(encode(uuid, V4)).toBe(V4.replaceAll('-', ''));
  });

  it('is read whatever the server sent', () => {
    expect(decode(timeuuid, V4.replaceAll('-', ''))).toBe(V4);
  });
});
