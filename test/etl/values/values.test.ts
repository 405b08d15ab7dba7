import fc from 'fast-check';
import Long from 'long';
import { Decimal, Duration } from 'rxcql';
import { describe, expect, it } from 'vitest';
import { parseTypeText, type TypeDefinitions } from '../../../src/codec/type-text.js';
import type { CqlType } from '../../../src/codec/type.js';
import { valueCodec } from '../../../src/codec/value-codec.js';
import { jsonValue } from '../../../src/etl/values/json-value.js';
import { textValue } from '../../../src/etl/values/text-value.js';
import { valueJson } from '../../../src/etl/values/value-json.js';
import { valueText } from '../../../src/etl/values/value-text.js';
import { sampleTypes, udtOf } from '../../support/sample-types.js';
import { encode, roundTrip } from '../../codec/support.js';

const UDTS = JSON.parse(
  '{"point": {"x": "int", "__proto__": "text", "F \\"1": "list<text>"}, "place": {"at": "point", "since": "timestamp"}}',
) as TypeDefinitions;

const typeOf = (cql: string): CqlType => parseTypeText(cql, UDTS);

/** What `JSON.stringify` makes of it. */
const jsonOf = (cql: string, value: unknown): string => JSON.stringify(valueJson(typeOf(cql))(value));
const bytesOf = (type: CqlType, value: unknown): string => encode(valueCodec(type), value);

const DAY = new Date('2026-11-22T00:33:00Z');
const ADDRESS = new Map([['a', { x: 1, ['__proto__']: 'p', 'F "1': ['l'] }]]);

/** Type, value, its text, and its JSON where that is not the text as a string. */
const FORMS: [cql: string, value: unknown, text: string, json?: string][] = [
  ['ascii', 'a "b"', 'a "b"'],
  ['text', '', ''],
  ['text', 'é😀\n\t,', 'é😀\n\t,'],
  ['uuid', '5a1c395e-b41f-11e5-9f22-ba0be0483c18', '5a1c395e-b41f-11e5-9f22-ba0be0483c18'],
  ['timeuuid', '5a1c395e-b41f-11e5-9f22-ba0be0483c18', '5a1c395e-b41f-11e5-9f22-ba0be0483c18'],
  ['inet', '192.0.2.7', '192.0.2.7'],
  ['inet', '2001:db8::1', '2001:db8::1'],
  ['tinyint', -128, '-128', '-128'],
  ['smallint', 32_767, '32767', '32767'],
  ['int', -2_147_483_648, '-2147483648', '-2147483648'],
  ['bigint', 9_007_199_254_740_991n, '9007199254740991', '9007199254740991'],
  ['bigint', 9_007_199_254_740_992n, '9007199254740992'],
  ['bigint', -9_223_372_036_854_775_808n, '-9223372036854775808'],
  ['counter', 5n, '5', '5'],
  ['varint', 10n ** 40n, `1${'0'.repeat(40)}`],
  ['varint', -1n, '-1', '-1'],
  ['decimal', new Decimal(1250n, 2), '12.50'],
  ['decimal', new Decimal(-3n, 0), '-3', '-3'],
  ['decimal', new Decimal(10n ** 20n, 0), `1${'0'.repeat(20)}`],
  ['decimal', new Decimal(1n, -3), '1E+3'],
  ['float', Math.fround(0.1), '0.1', '0.1'],
  ['float', Math.fround(3.4028234e38), '3.4028235e+38', '3.4028235e+38'],
  ['float', 1.401298464324817e-45, '1e-45', '1e-45'],
  ['float', 16_777_216, '16777216', '16777216'],
  ['float', NaN, 'NaN'],
  ['float', -0, '-0'],
  ['double', 0.1, '0.1', '0.1'],
  ['double', 2 ** 70, '1.1805916207174113e+21', '1.1805916207174113e+21'],
  ['double', Infinity, 'Infinity'],
  ['double', -Infinity, '-Infinity'],
  ['double', -0, '-0'],
  ['boolean', true, 'true', 'true'],
  ['boolean', false, 'false', 'false'],
  ['timestamp', DAY, '2026-11-22T00:33:00.000Z'],
  ['timestamp', new Date('+012026-11-22T00:33:00.001Z'), '+012026-11-22T00:33:00.001Z'],
  ['timestamp', new Date('0099-12-31T23:59:59.999Z'), '0099-12-31T23:59:59.999Z'],
  ['timestamp', new Date('2024-02-29T00:00:00.000Z'), '2024-02-29T00:00:00.000Z'],
  ['timestamp', new Date(-1), '1969-12-31T23:59:59.999Z'],
  ['date', '2026-11-22', '2026-11-22'],
  ['date', '-000001-02-03', '-000001-02-03'],
  ['time', '23:59:59.000000007', '23:59:59.000000007'],
  ['duration', new Duration(14, 3, 14_706_007_008_009n), '1y2mo3d4h5m6s7ms8us9ns'],
  ['duration', new Duration(-1, 0, -5_000_000_000n), '-1mo5s'],
  ['duration', new Duration(0, 0, 0n), '0s'],
  ['blob', Buffer.from('00ff', 'hex'), '0x00ff'],
  ['blob', Buffer.alloc(0), '0x'],
  ["'org.example.OwnType'", Buffer.from('cafe', 'hex'), '0xcafe'],
  ['list<text>', ['a', '"'], '["a","\\""]', '["a","\\""]'],
  ['set<bigint>', new Set([1n, 2n ** 60n]), '[1,"1152921504606846976"]', '[1,"1152921504606846976"]'],
  ['vector<float, 2>', Float32Array.of(0.5, 0.1), '[0.5,0.1]', '[0.5,0.1]'],
  ['vector<text, 1>', ['x'], '["x"]', '["x"]'],
  ['tuple<int, text>', [1, null], '[1,null]', '[1,null]'],
  ['map<int, boolean>', new Map([[2, true]]), '{"2":true}', '{"2":true}'],
  ['map<text, int>', new Map([['__proto__', 1]]), '{"__proto__":1}', '{"__proto__":1}'],
  [
    'map<frozen<tuple<int, text>>, blob>',
    new Map([[[1, 'a'], Buffer.from([7])]]),
    '{"[1,\\"a\\"]":"0x07"}',
    '{"[1,\\"a\\"]":"0x07"}',
  ],
  [
    'map<text, frozen<point>>',
    ADDRESS,
    '{"a":{"x":1,"__proto__":"p","F \\"1":["l"]}}',
    '{"a":{"x":1,"__proto__":"p","F \\"1":["l"]}}',
  ],
  [
    'place',
    { at: null, since: DAY },
    '{"at":null,"since":"2026-11-22T00:33:00.000Z"}',
    '{"at":null,"since":"2026-11-22T00:33:00.000Z"}',
  ],
];

describe('values as text and as JSON', () => {
  it.each(FORMS)('%s %o is %s, both ways', (cql, value, text, json = JSON.stringify(text)) => {
    const type = typeOf(cql);
    expect(valueText(type)(value)).toBe(text);
    expect(jsonOf(cql, value)).toBe(json);
    for (const read of [textValue(type)(text), jsonValue(type)(JSON.parse(json))]) {
      expect(bytesOf(type, read)).toBe(bytesOf(type, value));
    }
  });

  it('are what rows have: what is read is what was written', () => {
    for (const [cql, value, text, json = JSON.stringify(text)] of FORMS) {
      if (value instanceof Set) continue;
      expect(textValue(typeOf(cql))(text)).toStrictEqual(value);
      expect(jsonValue(typeOf(cql))(JSON.parse(json))).toStrictEqual(value);
    }
  });

  it('come back whatever they are, of whatever type', () => {
    const inner = udtOf('inner', fc.sample(sampleTypes(1), { numRuns: 3, seed: 1 }));
    const definitions = { inner: Object.fromEntries(fields(inner.create)) };
    const typed = sampleTypes(3, [inner.type]).chain(({ cql, samples }) => fc.tuple(fc.constant(cql), samples));
    fc.assert(
      fc.property(typed, ([cql, { value }]) => {
        const type = parseTypeText(cql, definitions);
        // The samples have maps in no particular order.
        const same = (read: unknown): void => expect(roundTrip(valueCodec(type), read)).toEqual(value);
        same(textValue(type)(valueText(type)(value)));
        same(jsonValue(type)(JSON.parse(JSON.stringify(valueJson(type)(value)))));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[cql: string, keys: unknown[]]>([
    ['int', [-10, -9, 0, 9, 10]],
    ['varint', [-(10n ** 20n), -1n, 7n, 10n ** 20n]],
    ['double', [-Infinity, -1.5, 0.5, 1, 10.5, 11]],
    ['decimal', [new Decimal(-15n, 1), new Decimal(9n, 0), new Decimal(95n, 1), new Decimal(10n, 0)]],
    ['text', ['', '10', '9', 'a', '\uffff', '😀']],
  ])('has the keys of a map<%s, int> in the order of the server', (cql, keys) => {
    const type = typeOf(`map<${cql}, int>`);
    const map = new Map(keys.map((key) => [key, 1]));
    expect(bytesOf(type, textValue(type)(valueText(type)(map)))).toBe(bytesOf(type, map));
  });

  it('are read whatever the options of a session make of them', () => {
    expect(valueText(typeOf('bigint'))(Long.MIN_VALUE)).toBe('-9223372036854775808');
    expect(jsonOf('bigint', Long.ONE)).toBe('1');
    expect(valueText(typeOf('bigint'))(7)).toBe('7');
    for (const time of [DAY.getTime(), BigInt(DAY.getTime())]) {
      expect(valueText(typeOf('timestamp'))(time)).toBe('2026-11-22T00:33:00.000Z');
    }
    expect(valueText(typeOf('timestamp'))(2n ** 62n)).toBe('4611686018427387904');
    expect(textValue(typeOf('timestamp'))('4611686018427387904')).toBe(2n ** 62n);
    expect(jsonOf('set<int>', [1, 2])).toBe('[1,2]');
    expect(jsonOf('map<bigint, int>', Object.assign(Object.create(null) as object, { 5: 1 }))).toBe('{"5":1}');
    expect(jsonOf('list<text>', null)).toBe('null');
  });
});

describe('texts that others write', () => {
  it.each<[cql: string, text: string, value: unknown]>([
    ['int', '+7', 7],
    ['int', '-0', 0],
    ['int', '007', 7],
    ['bigint', '1'.repeat(16), 1_111_111_111_111_111n],
    ['boolean', 'True', true],
    ['boolean', 'FALSE', false],
    ['double', '1e3', 1_000],
    ['double', '.5', 0.5],
    ['double', '9007199254740993', 9_007_199_254_740_992],
    ['float', '0.1', Math.fround(0.1)],
    ['decimal', '1.50E2', new Decimal(150n, 0)],
    ['timestamp', '2026-11-22 00:33:00.000000+0000', DAY],
    ['timestamp', '2026-11-22T01:33+01:00', DAY],
    ['timestamp', '2026-11-22', new Date('2026-11-22T00:00:00Z')],
    ['timestamp', String(DAY.getTime()), DAY],
    ['duration', 'P1M', new Duration(1, 0, 0n)],
    ['blob', '0xCAFE', Buffer.from('cafe', 'hex')],
    ['list<int>', ' [1, "2"] ', [1, 2]],
  ])('%s %s', (cql, text, value) => {
    expect(textValue(typeOf(cql))(text)).toStrictEqual(value);
  });
});

describe('JSON that others write', () => {
  it.each<[cql: string, json: string, value: unknown]>([
    ['bigint', '"12"', 12n],
    ['int', '"12"', 12],
    ['decimal', '0.1', new Decimal(1n, 1)],
    ['decimal', '123456789.012345', new Decimal(123_456_789_012_345n, 6)],
    ['double', '"1.5"', 1.5],
    ['float', '0.1', Math.fround(0.1)],
    ['timestamp', String(DAY.getTime()), DAY],
    ['boolean', '"true"', true],
    ['place', '{"since":"2026-11-22T00:33:00Z"}', { at: null, since: DAY }],
    ['tuple<int, int>', '[1]', [1, null]],
    ['text', 'null', null],
  ])('%s %s', (cql, json, value) => {
    expect(jsonValue(typeOf(cql))(JSON.parse(json))).toStrictEqual(value);
  });
});

describe('what a type cannot hold', () => {
  it.each<[cql: string, text: string, message: string]>([
    ['int', '2147483648', 'expected an integer from -2147483648 to 2147483647, got a string'],
    ...['', ' 1', '1.0', '1e3', '0x10', '-', '9'.repeat(30)].map(
      (text): [string, string, string] => ['int', text, 'expected an integer from -2147483648 to 2147483647, got a string'], // prettier-ignore
    ),
    ['tinyint', '128', 'expected an integer from -128 to 127, got a string'],
    ['smallint', '-32769', 'expected an integer from -32768 to 32767, got a string'],
    ['bigint', '9223372036854775808', 'expected an integer of 64 bits, got a string'],
    ['varint', '1_000', 'expected an integer, got a string'],
    ['decimal', '1,5', 'expected a decimal number, got a string'],
    ['double', '1e400', 'expected a number, NaN, Infinity or -Infinity, got a string'],
    ['double', '', 'expected a number, NaN, Infinity or -Infinity, got a string'],
    ['double', '1e', 'expected a number, NaN, Infinity or -Infinity, got a string'],
    ['float', '1e39', 'expected a number within the range of 32 bits, NaN, Infinity or -Infinity, got a string'],
    ['boolean', '1', 'expected true or false, got a string'],
    ['uuid', 'x', 'expected a UUID as text, got a string'],
    ['timeuuid', '5a1c395e-b41f-41e5-9f22-ba0be0483c18', 'expected a UUID of version 1 as text, got a string'],
    ['inet', '1.2.3', 'expected an IPv4 or IPv6 address as text, or its 4 or 16 bytes, got a string'],
    ['ascii', 'é', 'expected a string of ASCII characters only, got a string'],
    ['timestamp', '2026-11-22T00:33', 'expected a time in ISO 8601 with a time zone, or milliseconds, got a string'],
    ['timestamp', '2026-02-30', 'expected a time in ISO 8601 with a time zone, or milliseconds, got a string'],
    ...[
      '2026-02-30T00:00:00.000Z',
      '2026-13-01T00:00:00.000Z',
      '2026-00-01T00:00:00.000Z',
      '2026-01-01T24:00:00.001Z',
      '2026-01-01T00:00:00.0x0Z',
    ].map(
      (text): [string, string, string] => ['timestamp', text, 'expected a time in ISO 8601 with a time zone, or milliseconds, got a string'], // prettier-ignore
    ),
    ['timestamp', '9223372036854775808', 'expected an integer of 64 bits, got a string'],
    ['duration', '1x', 'expected a duration of CQL or ISO 8601, got a string'],
    ['blob', 'cafe', 'expected bytes as 0x and pairs of hexadecimal digits, got a string'],
    ['blob', '0xcaf', 'expected bytes as 0x and pairs of hexadecimal digits, got a string'],
    ['blob', '0xcaxe', 'expected bytes as 0x and pairs of hexadecimal digits, got a string'],
    ['list<int>', '1, 2', 'expected JSON, got a string'],
    ['list<int>', '[1, null]', 'in element 1, expected an integer, as a string where a number would not hold it, got null'], // prettier-ignore
    ['list<int>', 'null', 'expected an array, got null'],
    ['map<int, int>', '{"a": 1}', 'in the key of entry 0, expected an integer from -2147483648 to 2147483647, got a string'], // prettier-ignore
    ['map<int, int>', '[]', 'expected an object, got an object of class Array'],
    ['vector<float, 2>', '[1]', 'expected an array of exactly 2 elements, got an object of class Array'],
    ['tuple<int>', '[1, 2]', 'expected an array of at most 1 elements, got an object of class Array'],
  ])('as text: %s %s', (cql, text, message) => {
    const refused = `The text is no ${cql}: ${message}.`;
    expect(() => textValue(typeOf(cql))(text)).toThrow(
      expect.objectContaining({ code: 'ERR_RXCQL_BIND', message: refused }),
    );
  });

  it.each<[cql: string, json: string, message: string]>([
    ['bigint', '9007199254740993', 'expected an integer, as a string where a number would not hold it, got an unsafe integer'], // prettier-ignore
    ['int', '1.5', 'expected an integer, as a string where a number would not hold it, got a number with a fraction'],
    ['int', '2147483648', 'expected an integer from -2147483648 to 2147483647, got a string'],
    [
      'decimal',
      '0.12345678901234567',
      'expected a number of at most 15 digits, or a string, got a number with a fraction',
    ],
    ['decimal', '1000000000000000012345', 'expected a number of at most 15 digits, or a string, got an unsafe integer'],
    ['double', 'true', 'expected a number, got a boolean'],
    ['double', '1e400', 'expected a number, got a number that is not finite'],
    ['boolean', '1', 'expected true or false, got an integer'],
    ['text', '1', 'expected a string, got an integer'],
    [
      'place',
      '{"at": {"y": 1}}',
      'in the field "at", expected an object with the fields of point, got one with others',
    ],
    ['place', '[]', 'expected an object with the fields of place, got an object of class Array'],
  ])('as JSON: %s %s', (cql, json, message) => {
    expect(() => jsonValue(typeOf(cql))(JSON.parse(json))).toThrow(
      expect.objectContaining({ code: 'ERR_RXCQL_BIND', message: `The JSON is no ${cql}: ${message}.` }),
    );
  });
});

/** The fields that `CREATE TYPE` names, with their types. */
function fields(create: string): [string, string][] {
  const list = create.slice(create.indexOf('(') + 1, -1);
  const found: [string, string][] = [];
  for (const [, name, type] of list.matchAll(/(f\d+|"F ""\d+") (.*?)(?=, (?:f\d|"F "")|$)/g)) {
    found.push([name!.replace(/^"(.*)"$/, '$1').replaceAll('""', '"'), type!]);
  }
  return found;
}
