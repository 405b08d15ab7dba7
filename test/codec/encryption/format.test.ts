import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode, hex } from '../support.js';
import { COLUMN, encrypted, keyOf, NEW, OLD } from './support.js';

const PHONE = '+49 30 1234567';

/** Made by a program in another language, with another library, of docs/encryption.md alone. What is stored must be readable for ever. */
const STORED: [what: string, options: Parameters<typeof encrypted>, value: unknown, ciphertext: string][] = [
  [
    'a random nonce',
    [],
    PHONE,
    '9e5201010432303236 a0a1a2a3a4a5a6a7a8a9aaab bd29953f23f265b8171e0b6898d1 2f8ee8fe59f89bf59d701f8ee37afc43',
  ],
  [
    'a nonce of the value',
    [{ deterministic: '2026' }],
    PHONE,
    '9e5201020432303236 ecb211e36456186b1359d9f6 27020fd52d953bf7b8a3ef192209 42d67389c54d21f1a05b1ee4af2e9621',
  ],
  [
    'an older key',
    [{ deterministic: '2025' }],
    PHONE,
    '9e5201020432303235 e4a6822a64cf851ad2030849 83eae3dfacb68b0407815a20782e 53a56b746a9762b3c730c6d2bb0d382c',
  ],
  [
    'another column',
    [{ column: 'shop.users.email', deterministic: '2026' }],
    PHONE,
    '9e5201020432303236 790591340c7f6048c9429ae6 98a27931539d4193f0f22f27b121 6ae7e4b96850d6599e799ecfa1959abd',
  ],
  [
    'another type',
    [{ column: 'shop.users.age', type: 'int', deterministic: '2026' }],
    42,
    '9e5201020432303236 50d35c198ec764ae3d1288f7 1e894eb4 e31f53f5fad93c748b2f2451b09140e2',
  ],
  [
    'no bytes',
    [{ deterministic: 'k' }, { keys: [{ id: 'k', key: keyOf(0) }] }],
    '',
    '9e520102016b bd7ed3b555ca1b78c296dcda fe7ec84d4d2ba42f13e3258fe0ba6cd1',
  ],
  [
    'names beyond ASCII',
    [{ column: 'Shop.Über.név', deterministic: 'Schlüssel' }, { keys: [{ id: 'Schlüssel', key: keyOf(0) }] }],
    'naïve 🦊',
    '9e5201020a5363686cc3bc7373656c ceaa8dc703548f1be9851479 10f1333e6069b3c1b55ea4 1031bf99ff76b9cdfc5021606d6e1bc7',
  ],
];

describe('a ciphertext that was stored', () => {
  it.each(STORED)('is read, with %s', (_, options, value, ciphertext) => {
    expect(decode(encrypted(...options), ciphertext)).toBe(value);
  });

  it.each(STORED.slice(1))('is what the value has again, with %s', (_, options, value, ciphertext) => {
    expect(encode(encrypted(...options), value)).toBe(hex(ciphertext));
  });

  it('is read by a column that encrypts in the other way, and with another key', () => {
    for (const column of [{}, { deterministic: '2026' }, { deterministic: '2025' }]) {
      for (const [, , value, ciphertext] of STORED.slice(0, 3)) {
        expect(decode(encrypted(column), ciphertext)).toBe(value);
      }
    }
  });
});

describe('a ciphertext', () => {
  it('is what the documentation says, of any value, key and column', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('.'));
    const columns = fc.tuple(name, name, name).map((names) => names.join('.'));
    const id = fc.string({ minLength: 1, maxLength: 20 });
    const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const values = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(columns, id, keys, values, fc.boolean(), (column, id, key, value, isDeterministic) => {
        const options = { column, type: 'blob', ...(isDeterministic && { deterministic: id }) };
        const codec = encrypted(options, { keys: [{ id, key }] });
        const ciphertext = Buffer.from(encode(codec, value), 'hex');

        const algorithm = isDeterministic ? 2 : 1;
        const header = Buffer.from([0x9e, 0x52, 1, algorithm, Buffer.byteLength(id), ...Buffer.from(id)]);
        const info = Buffer.concat([
          Buffer.from(`rxcql column encryption 1`),
          Buffer.of(algorithm),
          Buffer.from(column),
        ]);
        const derived = Buffer.from(hkdfSync('sha256', key, '', info, 64));
        const associated = Buffer.concat([header, Buffer.from(column)]);
        const [nonce, body, tag] = [
          ciphertext.subarray(header.length, header.length + 12),
          ciphertext.subarray(header.length + 12, -16),
          ciphertext.subarray(-16),
        ];
        expect(ciphertext.subarray(0, header.length)).toEqual(header);
        const decipher = createDecipheriv('aes-256-gcm', derived.subarray(0, 32), nonce, { authTagLength: 16 });
        const plain = decipher.setAAD(associated).setAuthTag(tag).update(body);
        expect(decipher.final()).toHaveLength(0);
        expect(plain).toEqual(Buffer.from(value));
        if (isDeterministic) {
          const mac = createHmac('sha256', derived.subarray(32)).update(associated).update(value).digest();
          expect(nonce).toEqual(mac.subarray(0, 12));
        }
        expect(decode(codec, ciphertext.toString('hex'))).toEqual(Buffer.from(value));
      }),
    );
  });

  it('is another each time, unless that is asked for', () => {
    const random = encrypted();
    expect(new Set(Array.from({ length: 1_000 }, () => encode(random, PHONE))).size).toBe(1_000);
    const nonces = Array.from({ length: 1_000 }, () => encode(random, PHONE).slice(18, 18 + 24));
    expect(new Set(nonces).size).toBe(1_000);
    const deterministic = encrypted({ deterministic: '2026' });
    expect(new Set(Array.from({ length: 100 }, () => encode(deterministic, PHONE))).size).toBe(1);
    expect(encode(deterministic, `${PHONE}8`)).not.toBe(encode(deterministic, PHONE));
  });

  it('has nothing in common with that of the same value under another key, id or column, its nonce neither', () => {
    const nonceOf = (...options: Parameters<typeof encrypted>): string =>
      encode(encrypted(...options), PHONE).slice(-84, -60);
    const same = { id: 'again', key: NEW.key };
    const nonces = [
      nonceOf({ deterministic: '2026' }),
      nonceOf({ deterministic: '2025' }),
      nonceOf({ deterministic: 'again' }, { keys: [NEW, same] }),
      nonceOf({ deterministic: '2026', column: 'shop.users.other' }),
      nonceOf({ deterministic: '2026', boundTo: 'shop.others.phone' }),
    ];
    expect(new Set(nonces).size).toBe(nonces.length);
  });
});

describe('what was changed', () => {
  const failureOf = (ciphertext: Buffer, ...options: Parameters<typeof encrypted>): string => {
    try {
      decode(encrypted(...options), ciphertext.toString('hex'));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_RXCQL_DECODE' });
      const { message } = error as Error;
      expect(message).not.toContain('1234567');
      return message;
    }
    return expect.fail('It was read.');
  };
  const original = Buffer.from(encode(encrypted(), PHONE), 'hex');
  const CHANGED =
    'it was changed since it was encrypted, or was encrypted for another column, or with another key of that id';

  it('is refused, whichever bit it is', () => {
    const random = original;
    const deterministic = Buffer.from(encode(encrypted({ deterministic: '2026' }), PHONE), 'hex');
    for (const ciphertext of [random, deterministic]) {
      const messages = Array.from({ length: ciphertext.length * 8 }, (_, bit) => {
        const changed = Buffer.from(ciphertext);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        return failureOf(changed);
      });
      const untilId = 5 * 8;
      for (const message of messages.slice(0, 2 * 8))
        expect(message).toBe('it is no ciphertext: it was written without encryption');
      for (const message of messages.slice(2 * 8, 4 * 8)) {
        expect([
          message === CHANGED,
          message.startsWith('it was encrypted in a way that is not known here: version '),
        ]).toContain(true);
      }
      for (const message of messages.slice(untilId, untilId + 4 * 8)) {
        // '2026' and '2025' are two bits apart, and one of them is no key at all.
        expect(message).toMatch(/^it is encrypted with the key "[^]+", which is not there$/);
      }
      for (const message of messages.slice(untilId + 4 * 8)) expect(message).toBe(CHANGED);
    }
  });

  it('is refused when it was cut or made longer', () => {
    for (let length = 0; length < original.length; length++) {
      expect(failureOf(original.subarray(0, length))).toMatch(
        length < 5
          ? /^it is no ciphertext/
          : length < 37
            ? /^it is a ciphertext that ends too early$/
            : /^it was changed/,
      );
    }
    expect(failureOf(Buffer.concat([original, Buffer.of(0)]))).toBe(CHANGED);
  });

  it('is refused where it was moved to another column, unless it is bound to the one that it is from', () => {
    const text = original.toString('hex');
    for (const column of ['shop.users.email', 'shop.staff.phone', 'shap.users.phone']) {
      expect(failureOf(original, { column })).toBe(CHANGED);
      expect(decode(encrypted({ column, boundTo: COLUMN }), text)).toBe(PHONE);
    }
    expect(failureOf(original, { boundTo: 'shop.staff.phone' })).toBe(CHANGED);
  });

  it('is refused where the key is missing, or is another', () => {
    expect(failureOf(original, {}, { keys: [OLD] })).toBe('it is encrypted with the key "2026", which is not there');
    expect(failureOf(original, {}, { keys: [{ id: '2026', key: OLD.key }] })).toBe(CHANGED);
  });

  it('is refused where it was never encrypted', () => {
    for (const plain of ['', PHONE, '\u0000\u0000']) {
      expect(failureOf(Buffer.from(plain))).toBe('it is no ciphertext: it was written without encryption');
    }
  });
});
