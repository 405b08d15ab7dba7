import fc from 'fast-check';
import { BindError, type Codec, DecodeError, encryptedColumns } from 'rxcql';
import { describe, expect, it } from 'vitest';
import { columnCodec, valueCodec } from '../../../src/codec/value-codec.js';
import { parseTypeText } from '../../../src/codec/type-text.js';
import { valueSettings } from '../../../src/codec/value-options.js';
import { sampleTypes } from '../../support/sample-types.js';
import { decode, encode, roundTrip, thrownBy } from '../support.js';
import { COLUMN, encrypted, NEW, OLD } from './support.js';

const SECRET = 'hunter2';

describe('an encrypted column', () => {
  it('holds values of any type, and gives them back as they are without encryption', () => {
    const cases = sampleTypes(2).chain((type) => fc.record({ cql: fc.constant(type.cql), sample: type.samples }));
    fc.assert(
      fc.property(cases, fc.boolean(), ({ cql, sample }, isDeterministic) => {
        const codec = encrypted({ type: cql, ...(isDeterministic && { deterministic: '2026' }) });
        const plain = valueCodec(parseTypeText(cql));
        expect(roundTrip(codec, sample.value)).toEqual(roundTrip(plain, sample.value));
        const [hidden, shown] = [encode(codec, sample.value), encode(plain, sample.value)];
        expect(hidden.length).toBe(shown.length + 2 * (5 + 4 + 12 + 16));
        if (shown.length > 16) expect(hidden).not.toContain(shown);
      }),
    );
  });

  it('has user-defined types, of which the fields are said', () => {
    const types = { address: { street: 'text', zip: 'int' } };
    const codec = encrypted({ type: 'list<frozen<address>>' }, { types });
    const value = [{ street: 'Main', zip: 12345 }];
    expect(roundTrip(codec, value)).toEqual(value);
  });

  it('obeys the options of the session, and its codecs for types', () => {
    const list = encrypted({ type: 'list<bigint>' }, {}, { int64: 'number' });
    expect(roundTrip(list, [1n, 2])).toEqual([1, 2]);
    const iso: Codec = {
      type: 'timestamp',
      decode: (date: Date) => date.toISOString(),
      encode: (text) => text as unknown,
    };
    expect(roundTrip(encrypted({ type: 'timestamp' }, {}, { codecs: [iso] }), '2026-11-21T12:00:00.000Z')).toBe(
      '2026-11-21T12:00:00.000Z',
    );
    // What a blob is read as is nothing to ciphertexts.
    const blobs: Codec = { type: 'blob', decode: () => 'other', encode: () => Buffer.alloc(0) };
    expect(roundTrip(encrypted({}, {}, { codecs: [blobs] }), 'a')).toBe('a');
  });

  it('tells the empty text from no value', () => {
    expect(roundTrip(encrypted(), '')).toBe('');
  });

  it('is encrypted by the first key, or by the newest that a function gives', () => {
    const keyOf = (ciphertext: string): string => Buffer.from(ciphertext.slice(10, 18), 'hex').toString();
    expect(keyOf(encode(encrypted(), 'a'))).toBe('2026');
    expect(keyOf(encode(encrypted({}, { keys: [OLD, NEW] }), 'a'))).toBe('2025');
    let newest = OLD;
    const codec = encrypted(
      {},
      { keys: (id) => (id === undefined ? newest : [NEW, OLD].find((key) => key.id === id)) },
    );
    const before = encode(codec, 'a');
    newest = NEW;
    const after = encode(codec, 'a');
    expect([before, after].map(keyOf)).toEqual(['2025', '2026']);
    expect([before, after].map((ciphertext) => decode(codec, ciphertext))).toEqual(['a', 'a']);
  });

  it('keeps what was given as a list, whatever becomes of that', () => {
    const key = Uint8Array.from(NEW.key);
    const keys = [{ id: '2026', key }];
    const codec = encrypted({}, { keys });
    const ciphertext = encode(codec, 'a');
    key.fill(0);
    keys.length = 0;
    expect(decode(codec, ciphertext)).toBe('a');
    expect(decode(encrypted(), ciphertext)).toBe('a');
  });

  it('is encrypted and decrypted by its codec alone, too', () => {
    const [codec] = encryptedColumns({ keys: [NEW], columns: [{ column: COLUMN, type: 'set<int>' }] });
    const ciphertext = codec!.encode([1, 2]) as Buffer;
    expect(codec!.decode(ciphertext)).toEqual(new Set([1, 2]));
    expect(codec!.decode(Uint8Array.from([0, ...ciphertext]).subarray(1))).toEqual(new Set([1, 2]));
    expect(thrownBy(() => codec!.encode([SECRET]))).toBeInstanceOf(BindError);
    expect(thrownBy(() => codec!.decode(Buffer.from(SECRET)))).toBeInstanceOf(DecodeError);
  });

  it('is compared by `IN ?` with a list of plain values', () => {
    const columns = [{ column: COLUMN, type: 'text', deterministic: '2026' }];
    const values = valueSettings({ codecs: encryptedColumns({ keys: [NEW], columns }) });
    const blobs = { kind: 'list', element: { kind: 'blob' } } as const;
    const list = columnCodec('shop.users.in(phone)', blobs, values);
    const one = columnCodec(COLUMN, { kind: 'blob' }, values);
    expect(decode(valueCodec(blobs), encode(list, ['a', 'b']))).toEqual(
      ['a', 'b'].map((value) => Buffer.from(encode(one, value), 'hex')),
    );
    expect(list.isRandomized).toBe(false);
    expect(columnCodec('shop.users.in(name)', blobs, values).isRandomized).toBeUndefined();
  });
});

describe('what goes wrong with an encrypted column', () => {
  const messageOf = (action: () => unknown, error: typeof BindError | typeof DecodeError): string => {
    const thrown = thrownBy(action);
    expect(thrown).toBeInstanceOf(error);
    expect(JSON.stringify(thrown) + String(thrown.stack)).not.toContain(SECRET);
    return thrown.message;
  };

  it('is told of the plain type', () => {
    expect(messageOf(() => encode(encrypted({ type: 'list<int>' }), [SECRET]), BindError)).toMatch(
      /^as the list<int> to be encrypted, in element 0, expected an integer from .*, got a string$/,
    );
    const text = encode(encrypted(), SECRET);
    expect(messageOf(() => decode(encrypted({ type: 'int' }), text), DecodeError)).toBe(
      'as the int that was encrypted, expected 4 bytes, got 7',
    );
  });

  it('is the type of the column: nothing is written to one that is no blob', () => {
    const values = valueSettings({
      codecs: encryptedColumns({ keys: [NEW], columns: [{ column: COLUMN, type: 'text' }] }),
    });
    const codec = columnCodec(COLUMN, { kind: 'text' }, values);
    const message = 'an encrypted column has the type blob, and not text';
    expect(messageOf(() => encode(codec, SECRET), BindError)).toBe(message);
    expect(messageOf(() => decode(codec, '61'), DecodeError)).toBe(message);
    const list = columnCodec('shop.users.in(phone)', { kind: 'list', element: { kind: 'text' } }, values);
    expect(messageOf(() => encode(list, [SECRET]), BindError)).toBe(`in element 0, ${message}`);
  });

  it('is a function that has no key, a wrong one, or fails', () => {
    const ciphertext = encode(encrypted(), SECRET);
    const failWith = (give: () => unknown): [string, string] => {
      const keys = give as () => typeof NEW;
      return [
        messageOf(() => encode(encrypted({}, { keys }), SECRET), BindError),
        messageOf(() => decode(encrypted({}, { keys }), ciphertext), DecodeError),
      ];
    };
    expect(failWith(() => undefined)).toEqual([
      'there is no key to encrypt it with',
      'it is encrypted with the key "2026", which is not there',
    ]);
    const wrong = 'the key that a function gave for it needs 32 random bytes, as a Uint8Array or a KeyObject';
    expect(failWith(() => ({ id: '2026', key: Buffer.alloc(31) }))).toEqual([wrong, wrong]);
    expect(failWith(() => ({ id: '2026', key: SECRET }))).toEqual([wrong, wrong]);
    expect(failWith(() => ({ id: '', key: NEW.key }))[0]).toMatch(/needs an id of 1 to 255 bytes$/);
    expect(messageOf(() => decode(encrypted({}, { keys: () => OLD }), ciphertext), DecodeError)).toBe(
      'the key that a function gave for it has another id',
    );
    const failed = 'the function that gives its keys failed';
    const fail = (): never => {
      throw new Error(SECRET);
    };
    expect(thrownBy(() => encode(encrypted({}, { keys: fail }), 'a'))).toMatchObject({ message: failed });
    expect(thrownBy(() => decode(encrypted({}, { keys: fail }), ciphertext))).toMatchObject({ message: failed });
  });
});
