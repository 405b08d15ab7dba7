import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CqlType, formatType, type ScalarKind } from '../../src/codec/type.js';
import { valueCodec } from '../../src/codec/value-codec.js';
import { DEFAULT_VALUES, valueSettings } from '../../src/codec/value-options.js';
import { Decimal } from '../../src/codec/values/decimal.js';
import { Duration } from '../../src/codec/values/duration.js';
import { timestampInColumn } from '../../src/codec/values/timestamp.js';
import { BindError, DecodeError } from '../../src/errors.js';
import { bytes, decode, encode, hex, thrownBy } from './support.js';

const UUID = 'a4a70900-24e1-11df-8924-001ff3591711';

/** For every type without parameters: its id on the wire does not matter here, its name does; a value and its bytes. */
const SCALARS: readonly (readonly [kind: ScalarKind, value: unknown, digits: string])[] = [
  ['ascii', 'abc', '616263'],
  ['bigint', -2n, 'fffffffffffffffe'],
  ['blob', bytes('00ff'), '00ff'],
  ['boolean', true, '01'],
  ['counter', 7n, '0000000000000007'],
  ['date', '1970-01-02', '80000001'],
  ['decimal', new Decimal(-15n, 1), '00000001f1'],
  ['double', -2, 'c000000000000000'],
  ['duration', new Duration(1, 2, 3n), '020406'],
  ['float', 1.5, '3fc00000'],
  ['inet', '127.0.0.1', '7f000001'],
  ['int', -1, 'ffffffff'],
  ['smallint', 258, '0102'],
  ['text', 'é', 'c3a9'],
  ['time', '00:00:00.000000001', '0000000000000001'],
  ['timestamp', new Date(1), '0000000000000001'],
  ['timeuuid', UUID, 'a4a7090024e111df8924001ff3591711'],
  ['tinyint', -128, '80'],
  ['uuid', UUID, 'a4a7090024e111df8924001ff3591711'],
  ['varint', 128n, '0080'],
];

const int: CqlType = { kind: 'int' };
const text: CqlType = { kind: 'text' };
const NESTED: readonly CqlType[] = [
  { kind: 'list', element: { kind: 'list', element: int } },
  { kind: 'set', element: { kind: 'decimal' } },
  { kind: 'map', key: text, value: { kind: 'map', key: int, value: { kind: 'duration' } } },
  { kind: 'tuple', elements: [int, { kind: 'inet' }, { kind: 'list', element: { kind: 'varint' } }] },
  { kind: 'udt', keyspace: 'ks', name: 't', fields: [{ name: '__proto__', type: { kind: 'set', element: text } }] },
  { kind: 'custom', className: 'com.example.Point' },
];
const TYPES: readonly CqlType[] = [...SCALARS.map(([kind]) => ({ kind })), ...NESTED];

const named = TYPES.map((type) => ({ name: formatType(type), type }));

describe('valueCodec', () => {
  it.each(SCALARS)('of %s reads what it has written', (kind, value, digits) => {
    const codec = valueCodec({ kind });
    expect(encode(codec, value)).toBe(digits);
    expect(decode(codec, digits)).toEqual(value);
  });

  it.each<[CqlType, unknown, string]>([
    [{ kind: 'list', element: int }, [1], '00000001 00000004 00000001'],
    [{ kind: 'set', element: text }, new Set(['a']), '00000001 00000001 61'],
    [{ kind: 'map', key: text, value: int }, new Map([['a', 1]]), '00000001 00000001 61 00000004 00000001'],
    [{ kind: 'tuple', elements: [int, text] }, [1, null], '00000004 00000001 ffffffff'],
    [{ kind: 'udt', keyspace: 'ks', name: 't', fields: [{ name: 'a', type: int }] }, { a: 1 }, '00000004 00000001'],
    [{ kind: 'custom', className: 'com.example.Point' }, bytes('0102'), '0102'],
  ])('of %o reads what it has written', (type, value, digits) => {
    const codec = valueCodec(type);
    expect(encode(codec, value)).toBe(hex(digits));
    expect(decode(codec, digits)).toEqual(value);
  });

  it('of values of one length reads by a view what it reads from the buffer, whatever the bytes are', () => {
    const settings = [
      DEFAULT_VALUES,
      valueSettings({ int64: 'number', timestamp: 'number' }),
      valueSettings({ int64: 'long', timestamp: 'bigint' }),
    ];
    const fixed = settings.flatMap((values) => SCALARS.flatMap(([kind]) => valueCodec({ kind }, values).fixed ?? []));
    fixed.push(timestampInColumn.fixed!);
    expect(fixed.filter(({ view }) => view !== undefined).length).toBeGreaterThan(12);
    const words = fc.array(fc.oneof(fc.integer(), fc.constantFrom(0, -1, 0x7ff00000, 0x1fffff, -0x200000)), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(words, fc.nat(8), (numbers, at) => {
        const memory = Buffer.alloc(32);
        for (const [i, number] of numbers.entries()) memory.writeInt32BE(number, 8 + 4 * i);
        const buffer = memory.subarray(8);
        const whole = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
        const outcomeOf = (read: () => unknown): unknown => {
          try {
            return read();
          } catch (error) {
            return (error as Error).message;
          }
        };
        for (const { read, view } of fixed) {
          if (view === undefined) continue;
          expect(outcomeOf(() => view(whole, at))).toEqual(outcomeOf(() => read(buffer, at)));
        }
      }),
    );
  });

  it('writes collections of collections, empty ones too', () => {
    const type: CqlType = { kind: 'map', key: text, value: { kind: 'list', element: { kind: 'set', element: int } } };
    const value = new Map([
      ['none', []],
      ['some', [new Set(), new Set([1])]],
    ]);
    expect(decode(valueCodec(type), encode(valueCodec(type), value))).toEqual(value);
  });

  it('takes a plain object for a map whose keys are ascii or text, and for no other', () => {
    for (const kind of ['ascii', 'text'] as const) {
      expect(encode(valueCodec({ kind: 'map', key: { kind }, value: int }), { a: 1 })).toBe(
        hex('00000001 00000001 61 00000004 00000001'),
      );
    }
    const uuids = valueCodec({ kind: 'map', key: { kind: 'uuid' }, value: int });
    expect(() => encode(uuids, { [UUID]: 1 })).toThrow(BindError);
  });

  it.each(named)('of $name reads an empty value as null, unless it is a text or bytes', ({ type }) => {
    const empty = { text: '', ascii: '', blob: Buffer.alloc(0), custom: Buffer.alloc(0) };
    const expected: unknown = type.kind in empty ? empty[type.kind as keyof typeof empty] : null;
    expect(decode(valueCodec(type), '')).toEqual(expected);
  });

  it.each<[ScalarKind, number]>([
    ['bigint', 8],
    ['boolean', 1],
    ['counter', 8],
    ['date', 4],
    ['double', 8],
    ['float', 4],
    ['int', 4],
    ['smallint', 2],
    ['time', 8],
    ['timestamp', 8],
    ['timeuuid', 16],
    ['tinyint', 1],
    ['uuid', 16],
  ])('of %s reads %i bytes or none', (kind, length) => {
    for (const other of [length - 1, length + 1, 2 * length].filter((n) => n > 0)) {
      expect(thrownBy(() => decode(valueCodec({ kind }), '00'.repeat(other)))).toEqual(
        new DecodeError(`expected ${length} bytes, got ${other}`),
      );
    }
  });

  it.each(named)('of $name reads any bytes or throws a DecodeError', ({ type }) => {
    const codec = valueCodec(type);
    const small = fc.constantFrom(0, 0, 0, 1, 2, 4, 8, 0xff);
    const content = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.array(small, { maxLength: 40 }));
    fc.assert(
      fc.property(content, (value) => {
        try {
          decode(codec, Buffer.from(value).toString('hex'));
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(named)('of $name writes any value or throws a BindError, which does not tell the value', ({ type }) => {
    const codec = valueCodec(type);
    // What is recognised in a message; it is too long to be a number of bytes or elements.
    const secret = '8675309867530986753098675309';
    const values: unknown[] = [
      secret,
      `${secret}x`,
      Number(secret),
      BigInt(secret) ** 9n,
      [secret],
      { a: secret },
      new Map([[secret, secret]]),
      new Set([secret]),
      Buffer.from(secret),
      [[secret]],
      [[secret, secret]],
      new Date(NaN),
      Symbol(secret),
      () => secret,
    ];
    for (const value of values) {
      try {
        encode(codec, value);
      } catch (error) {
        expect(error).toBeInstanceOf(BindError);
        expect((error as Error).message).not.toContain('8675309');
      }
    }
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
          withSparseArray: true,
        }),
        (value) => {
          try {
            encode(codec, value);
          } catch (error) {
            expect(error).toBeInstanceOf(BindError);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
