import { describe, expect, it } from 'vitest';
import { Reader } from '../../src/codec/reader.js';
import type { CqlType } from '../../src/codec/type.js';
import { readType } from '../../src/codec/type-option.js';
import { DecodeError } from '../../src/errors.js';
import { bytes, string, thrownBy } from './support.js';

const read = (...parts: string[]): CqlType => readType(new Reader(bytes(...parts)));
const int: CqlType = { kind: 'int' };
const text: CqlType = { kind: 'text' };

describe('readType', () => {
  // Native protocol v5, section 4.2.5.2.
  it.each([
    ['0001', 'ascii'],
    ['0002', 'bigint'],
    ['0003', 'blob'],
    ['0004', 'boolean'],
    ['0005', 'counter'],
    ['0006', 'decimal'],
    ['0007', 'double'],
    ['0008', 'float'],
    ['0009', 'int'],
    ['000b', 'timestamp'],
    ['000c', 'uuid'],
    ['000d', 'text'],
    ['000e', 'varint'],
    ['000f', 'timeuuid'],
    ['0010', 'inet'],
    ['0011', 'date'],
    ['0012', 'time'],
    ['0013', 'smallint'],
    ['0014', 'tinyint'],
    ['0015', 'duration'],
  ])('reads 0x%s as %s', (id, kind) => {
    expect(read(id)).toEqual({ kind });
  });

  it.each<[string, string, CqlType]>([
    ['a list', '0020 0009', { kind: 'list', element: int }],
    ['a set', '0022 000d', { kind: 'set', element: text }],
    ['a map', '0021 000d 0009', { kind: 'map', key: text, value: int }],
    ['a tuple', '0031 0002 0009 000d', { kind: 'tuple', elements: [int, text] }],
    ['a tuple of nothing', '0031 0000', { kind: 'tuple', elements: [] }],
    [
      'a map of sets to lists of maps',
      '0021 0022 0009 0020 0021 000d 0009',
      {
        kind: 'map',
        key: { kind: 'set', element: int },
        value: { kind: 'list', element: { kind: 'map', key: text, value: int } },
      },
    ],
  ])('reads %s', (_, digits, expected) => {
    expect(read(digits)).toEqual(expected);
  });

  it('reads a user-defined type with the names of its fields', () => {
    expect(
      read('0030', string('ks'), string('address'), '0002', string('street'), '000d', string('zip'), '0009'),
    ).toEqual({
      kind: 'udt',
      keyspace: 'ks',
      name: 'address',
      fields: [
        { name: 'street', type: text },
        { name: 'zip', type: int },
      ],
    });
  });

  it('reads a custom type by the name of its class', () => {
    expect(read('0000', string('com.example.Point'))).toEqual({ kind: 'custom', className: 'com.example.Point' });
  });

  it('knows the class by which protocol v4 names a duration', () => {
    expect(read('0000', string('org.apache.cassandra.db.marshal.DurationType'))).toEqual({ kind: 'duration' });
  });

  it.each(['000a', '0016', '0023', '0032', 'ffff'])('refuses the unknown id 0x%s', (id) => {
    expect(thrownBy(() => read(id))).toEqual(new DecodeError(`A column has the type 0x${id}, which is not known.`));
  });

  it.each([
    ['lists', '0020'],
    ['sets', '0022'],
    ['maps as keys', '0021'],
    ['maps as values', '0021 0009'],
    ['tuples', '0031 0001'],
    ['user-defined types', '0030 0000 0000 0001 0000'],
  ])('reads %s that nest 64 levels deep and no more, let alone 100,000', (_, level) => {
    // What comes behind the innermost type are the values of the maps whose keys it belongs to.
    const nested = (depth: number): CqlType => read(level.repeat(depth), '0009'.repeat(65));
    expect(() => nested(64)).not.toThrow();
    const tooDeep = new DecodeError('A column type nests deeper than 64 levels.');
    expect(thrownBy(() => nested(65))).toEqual(tooDeep);
    expect(thrownBy(() => nested(100_000))).toEqual(tooDeep);
  });

  it.each([
    ['elements of a tuple', '0031 ffff 0009'],
    ['fields of a user-defined type', '0030 0000 0000 ffff 0000 0009'],
  ])('refuses more %s than its bytes can hold', (_, digits) => {
    expect(() => read(digits)).toThrow(DecodeError);
  });

  it.each([
    ['elements of a tuple', (count: string) => `0031 ${count}`, '0009'],
    ['fields of a user-defined type', (count: string) => `0030 0000 0000 ${count}`, '0000 0009'],
  ])('reads 1,024 %s, and no more', (_, head, each) => {
    expect(() => read(head('0400'), each.repeat(1_024))).not.toThrow();
    expect(thrownBy(() => read(head('0401'), each.repeat(1_025)))).toEqual(
      new DecodeError('A type has 1025 fields; 1024 is the most that is accepted.'),
    );
  });
});
