import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CqlType } from '../../src/codec/type.js';
import { parseTypeClass } from '../../src/codec/type-class.js';
import { DecodeError } from '../../src/errors.js';
import { thrownBy } from './support.js';

const PACKAGE = 'org.apache.cassandra.db.marshal.';

/** A class with its parameters, in which `#` stands for the package. */
const parse = (text: string): CqlType => parseTypeClass(text.replaceAll('#', PACKAGE));
const int: CqlType = { kind: 'int' };
const float: CqlType = { kind: 'float' };
const hexOf = (text: string): string => Buffer.from(text).toString('hex');

describe('parseTypeClass', () => {
  it.each([
    ['AsciiType', 'ascii'],
    ['LongType', 'bigint'],
    ['BytesType', 'blob'],
    ['BooleanType', 'boolean'],
    ['CounterColumnType', 'counter'],
    ['SimpleDateType', 'date'],
    ['DecimalType', 'decimal'],
    ['DoubleType', 'double'],
    ['DurationType', 'duration'],
    ['FloatType', 'float'],
    ['InetAddressType', 'inet'],
    ['Int32Type', 'int'],
    ['ShortType', 'smallint'],
    ['UTF8Type', 'text'],
    ['TimeType', 'time'],
    ['TimestampType', 'timestamp'],
    ['DateType', 'timestamp'],
    ['TimeUUIDType', 'timeuuid'],
    ['ByteType', 'tinyint'],
    ['UUIDType', 'uuid'],
    ['LexicalUUIDType', 'uuid'],
    ['IntegerType', 'varint'],
  ])('knows %s as %s, with or without its package', (name, kind) => {
    expect(parse(name)).toEqual({ kind });
    expect(parse(`#${name}`)).toEqual({ kind });
  });

  it.each<[string, CqlType]>([
    ['#VectorType(#FloatType, 3)', { kind: 'vector', element: float, dimensions: 3 }],
    ['#VectorType(#FloatType , 3)', { kind: 'vector', element: float, dimensions: 3 }],
    ['#VectorType(#FloatType,3)', { kind: 'vector', element: float, dimensions: 3 }],
    [
      '#VectorType(#VectorType(#Int32Type, 2), 1536)',
      { kind: 'vector', element: { kind: 'vector', element: int, dimensions: 2 }, dimensions: 1536 },
    ],
    ['#ListType(#Int32Type)', { kind: 'list', element: int }],
    ['#SetType(#Int32Type)', { kind: 'set', element: int }],
    ['#MapType(#UTF8Type,#Int32Type)', { kind: 'map', key: { kind: 'text' }, value: int }],
    ['#TupleType(#Int32Type,#FloatType)', { kind: 'tuple', elements: [int, float] }],
    [
      `#UserType(ks,${hexOf('Address')},${hexOf('street')}:#UTF8Type,${hexOf('Å')}:#ListType(#Int32Type))`,
      {
        kind: 'udt',
        keyspace: 'ks',
        name: 'Address',
        fields: [
          { name: 'street', type: { kind: 'text' } },
          { name: 'Å', type: { kind: 'list', element: int } },
        ],
      },
    ],
    [
      '#FrozenType(#ListType(#FrozenType(#SetType(#Int32Type))))',
      { kind: 'list', element: { kind: 'set', element: int } },
    ],
    ['#ReversedType(#Int32Type)', int],
    ['#FrozenType(#ReversedType(#Int32Type))', int],
  ])('reads %s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    'com.example.Point',
    'com.example.Point(1)',
    '#CompositeType(#UTF8Type,#Int32Type)',
    '#DynamicCompositeType(a=>#UTF8Type,b=>#Int32Type)',
    '#ColumnToCollectionType(6162:#ListType(#Int32Type))',
    '#EmptyType',
    '',
    '(',
    ')',
    'a b',
    '#ListType',
    '#ListType()',
    '#ListType(#Int32Type',
    '#ListType(#Int32Type))',
    '#ListType(#Int32Type,#Int32Type)',
    '#MapType(#Int32Type)',
    '#VectorType(#FloatType)',
    '#VectorType(#FloatType, 0)',
    '#VectorType(#FloatType, -1)',
    '#VectorType(#FloatType, 2147483648)',
    '#VectorType(#FloatType, 1e3)',
    '#UserType(ks,xyz)',
    '#UserType(ks,6162,61:)',
    '#UserType(ks,6162,6:#Int32Type)',
    'CompositeType((((',
  ])('leaves %j as it is, a custom type', (text) => {
    const whole = text.replaceAll('#', PACKAGE);
    expect(parse(text)).toEqual({ kind: 'custom', className: whole });
  });

  it('has a custom type inside of others under its own name', () => {
    const custom: CqlType = { kind: 'custom', className: 'com.example.Point( a(1) , 2)' };
    expect(parse('#ListType( com.example.Point( a(1) , 2) )')).toEqual({ kind: 'list', element: custom });
    expect(parse('#VectorType(com.example.Point( a(1) , 2), 2)')).toEqual({
      kind: 'vector',
      element: custom,
      dimensions: 2,
    });
  });

  it('reads what nests 64 levels deep and no more; what is only frozen does not count', () => {
    const nested = (depth: number): CqlType =>
      parse(`${'#FrozenType(#ListType('.repeat(depth)}#Int32Type${'))'.repeat(depth)}`);
    expect(() => nested(64)).not.toThrow();
    const tooDeep = new DecodeError('A column type nests deeper than 64 levels.');
    expect(thrownBy(() => nested(65))).toEqual(tooDeep);
    expect(thrownBy(() => nested(1_000))).toEqual(tooDeep);
    expect(thrownBy(() => parseTypeClass('ListType('.repeat(100_000)))).toEqual(tooDeep);
    expect(parseTypeClass('FrozenType('.repeat(100_000))).toMatchObject({ kind: 'custom' });
  });

  it('counts the levels around it', () => {
    expect(() => parseTypeClass('ListType(Int32Type)', 63)).not.toThrow();
    expect(() => parseTypeClass('ListType(Int32Type)', 64)).toThrow(DecodeError);
  });

  it('refuses more fields than any type has', () => {
    const tuple = (count: number): CqlType => parse(`#TupleType(#Int32Type${',#Int32Type'.repeat(count - 1)})`);
    expect(() => tuple(1_024)).not.toThrow();
    expect(() => tuple(30_000)).toThrow(DecodeError);
  });

  it('makes a type of any text, or throws a DecodeError', () => {
    const word = fc.constantFrom(
      '(',
      ')',
      ',',
      ':',
      ' ',
      'ListType',
      'FrozenType',
      'UserType',
      'VectorType',
      '61',
      '2',
      'x',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join('')),
        ),
        (text) => {
          try {
            expect(parseTypeClass(text)).toHaveProperty('kind');
          } catch (error) {
            expect(error).toBeInstanceOf(DecodeError);
          }
        },
      ),
    );
  });
});
