import { createSecretKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { ConfigurationError, createSession, encryptedColumns, type EncryptionOptions } from 'rxcql';
import { describe, expect, it } from 'vitest';

const KEY = { id: '2026', key: randomBytes(32) };
const PHONE = { column: 'shop.users.phone', type: 'text' };

const failureOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  return expect.fail('It did not fail.');
};

describe('encryptedColumns()', () => {
  it('takes keys as bytes and as KeyObjects, in a list or from a function', () => {
    for (const keys of [[KEY], [{ id: 'k', key: createSecretKey(KEY.key) }], () => KEY]) {
      expect(encryptedColumns({ keys, columns: [PHONE] })).toHaveLength(1);
    }
  });

  it.each<[what: string, options: object, message: string]>([
    ['no keys', { keys: [] }, 'The keys of encrypted columns are an array of at least one, or a function.'],
    ['a key alone', { keys: KEY.key }, 'The keys of encrypted columns are an array of at least one, or a function.'],
    [
      'a short key',
      { keys: [{ id: 'k', key: Buffer.alloc(16) }] },
      'The key keys[0] of encrypted columns needs 32 random bytes, as a Uint8Array or a KeyObject.',
    ],
    [
      'a password',
      { keys: [{ id: 'k', key: 'hunter2' }] },
      'The key keys[0] of encrypted columns needs 32 random bytes, as a Uint8Array or a KeyObject.',
    ],
    ['no id', { keys: [{ key: KEY.key }] }, 'The key keys[0] of encrypted columns needs an id of 1 to 255 bytes.'],
    [
      'a long id',
      { keys: [{ id: 'ü'.repeat(128), key: KEY.key }] },
      'The key keys[0] of encrypted columns needs an id of 1 to 255 bytes.',
    ],
    ['two keys of one id', { keys: [KEY, KEY] }, 'The key keys[1] of encrypted columns has the id of another.'],
    ['no columns', { columns: undefined }, 'The option "columns" must be an array; it is a value of type undefined.'],
    [
      'a column without a type',
      { columns: [{ column: 'a.b.c' }] },
      'An encrypted column needs a "column" and the "type" of its plain values.',
    ],
    ['half a name', { columns: [{ ...PHONE, column: 'users.phone' }] }, "column must be 'keyspace.table.column'."],
    [
      'an unknown type',
      { columns: [{ ...PHONE, type: 'money' }] },
      'The CQL type "money" is not understood: "money" is no type; the fields of a user-defined one are given by the option "types".',
    ],
    [
      'a key that is not there',
      { columns: [{ ...PHONE, deterministic: '2024' }] },
      'No key has the id "2024", by which a column is to be encrypted.',
    ],
    [
      'an unknown option',
      { columns: [{ ...PHONE, deterministc: '2026' }] },
      'The options of an encrypted column have no option "deterministc". Did you mean "deterministic"?',
    ],
  ])('refuses %s', (_, options, message) => {
    const all = { keys: [KEY], columns: [PHONE], ...options } as EncryptionOptions;
    expect(failureOf(() => encryptedColumns(all))).toBe(message);
  });

  it('shows no key, however it is printed', () => {
    const columns = [PHONE, { ...PHONE, column: 'shop.users.email', deterministic: '2026' }];
    const codecs = encryptedColumns({ keys: [KEY], columns });
    const [hex, base64] = [KEY.key.toString('hex'), KEY.key.toString('base64')];
    // A key in use has others made of it.
    for (const codec of codecs) codec.decode(codec.encode('a'));
    const session = createSession({ contactPoints: ['127.0.0.1'], codecs });
    for (const object of [codecs, session]) {
      const printed = inspect(object, { depth: Infinity, showHidden: true }) + JSON.stringify(object);
      const bytes = [...printed.matchAll(/<(?:Buffer )?([0-9a-f ]+)/g)].map((match) => match[1]!.replaceAll(' ', ''));
      expect(printed).not.toContain(base64);
      expect([printed, ...bytes].filter((text) => text.includes(hex.slice(0, 16)))).toEqual([]);
      expect(printed).not.toContain([...KEY.key.subarray(0, 4)].join(', '));
    }
    expect(inspect(codecs[0])).toBe(
      "EncryptedColumn {\n  column: 'shop.users.phone',\n  plainType: { kind: 'text' },\n  isDeterministic: false\n}",
    );
  });
});

describe('a session', () => {
  it('does not let another codec come before encryption', () => {
    const codecs = encryptedColumns({ keys: [KEY], columns: [PHONE] });
    const plain = { column: PHONE.column, decode: String, encode: String };
    for (const all of [
      [...codecs, plain],
      [plain, ...codecs],
      [...codecs, ...encryptedColumns({ keys: [KEY], columns: [PHONE] })],
    ]) {
      expect(failureOf(() => createSession({ contactPoints: ['127.0.0.1'], codecs: all }))).toBe(
        'The column shop.users.phone is encrypted, and has another codec as well: it can have one only.',
      );
    }
  });
});
