import { Decimal, Duration } from 'rxcql';

/** A value as CQL writes it, and what it is in JavaScript. */
export type Literal = readonly [cql: string, value: unknown];

const integers = (...values: readonly bigint[]): Literal[] => values.map((value) => [String(value), value]);
const numbers = (...values: readonly number[]): Literal[] => values.map((value) => [String(value), value]);
const texts = (...values: readonly string[]): Literal[] =>
  values.map((value) => [`'${value.replaceAll("'", "''")}'`, value]);

const EVERY_BYTE = Buffer.from([...Array(256).keys()]);
const ASCII = String.fromCharCode(...Array(128).keys());
const NOON = 'a4a70900-24e1-11df-8924-001ff3591711';
const HOUR = 3_600_000_000_000n;

/** Where a varint takes another byte, on both sides of it and of zero. */
const varintBorders = Array.from({ length: 20 }, (_, i) => 1n << BigInt(8 * i + 7)).flatMap((border) => [
  border - 1n,
  border,
  -border,
  -border - 1n,
]);

/** Of every type without parameters, what lies at its ends and what is easily got wrong. */
export const LITERALS: Readonly<Record<string, readonly Literal[]>> = {
  ascii: texts('', 'abc', ASCII),
  bigint: integers(0n, 1n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)),
  blob: [
    ['0x', Buffer.alloc(0)],
    ['0x00FF', Buffer.from([0, 255])],
    [`0x${EVERY_BYTE.toString('hex')}`, EVERY_BYTE],
  ],
  boolean: [
    ['true', true],
    ['false', false],
    ['blob_as_boolean(0x02)', true],
  ],
  date: [
    ["'1970-01-01'", '1970-01-01'],
    ["'1969-12-31'", '1969-12-31'],
    ["'2000-02-29'", '2000-02-29'],
    ["'1582-10-10'", '1582-10-10'],
    ["'9999-12-31'", '9999-12-31'],
    ["'+10000-01-01'", '+010000-01-01'],
    ["'0001-01-01'", '0001-01-01'],
    ["'0000-02-29'", '0000-02-29'],
    ["'-0001-12-31'", '-000001-12-31'],
    ['0', '-5877641-06-23'],
    ['4294967295', '+5881580-07-11'],
  ],
  decimal: [
    ['0', new Decimal(0n, 0)],
    ['0.00', new Decimal(0n, 2)],
    ['-12.50', new Decimal(-1250n, 2)],
    ['1E3', new Decimal(1n, -3)],
    ['1.28E-5', new Decimal(128n, 7)],
    ['123456789012345678901234567890.12345', new Decimal(12345678901234567890123456789012345n, 5)],
    ['blob_as_decimal(0x7fffffff80)', new Decimal(-128n, 2 ** 31 - 1)],
    ['blob_as_decimal(0x8000000001)', new Decimal(1n, -(2 ** 31))],
  ],
  double: [
    ...numbers(0, 1, -1, 0.1, Math.PI, Number.MIN_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE, NaN, Infinity, -Infinity),
    ['-0.0', -0],
  ],
  duration: [
    ['P0D', new Duration(0, 0, 0n)],
    ['1y2mo3w4d5h6m7s8ms9us10ns', new Duration(14, 25, 5n * HOUR + 367_008_009_010n)],
    ['-1mo2d3ns', new Duration(-1, -2, -3n)],
    ['P1Y2M3DT4H5M6S', new Duration(14, 3, 4n * HOUR + 306_000_000_000n)],
    ['P2W', new Duration(0, 14, 0n)],
    ['-1ns', new Duration(0, 0, -1n)],
    ['2147483647mo2147483647d9223372036854775807ns', new Duration(2 ** 31 - 1, 2 ** 31 - 1, 2n ** 63n - 1n)],
    ['-2147483647mo2147483647d9223372036854775807ns', new Duration(1 - 2 ** 31, 1 - 2 ** 31, 1n - 2n ** 63n)],
  ],
  float: [
    ...numbers(0, 1, -1.5, 2 ** -149, 2 ** 128 - 2 ** 104, NaN, Infinity, -Infinity),
    ['0.1', Math.fround(0.1)],
    ['-0.0', -0],
  ],
  inet: [
    ...texts('0.0.0.0', '127.0.0.1', '255.255.255.255', '::', '::1', '2001:db8::1', 'fe80::1:0:0:1', '1::8'),
    ["'2001:0DB8:0:0:1:0:0:1'", '2001:db8::1:0:0:1'],
    // Java makes four bytes of it.
    ["'::ffff:1.2.3.4'", '1.2.3.4'],
    ['blob_as_inet(0x00000000000000000000ffff01020304)', '::ffff:1.2.3.4'],
  ],
  int: numbers(0, 1, -1, 2 ** 31 - 1, -(2 ** 31)),
  smallint: numbers(0, 1, -1, 2 ** 15 - 1, -(2 ** 15)),
  text: [
    ...texts(
      '',
      'abc',
      'x'.repeat(100_000),
      'Zürich',
      'e\u0301',
      '東京',
      '🦊👩‍🚀',
      '\u0000',
      '\uffff',
      '\u{10ffff}',
      "it's",
    ),
    ["$$it's$$", "it's"],
  ],
  time: [
    ["'00:00:00'", '00:00:00.000000000'],
    ["'23:59:59.999999999'", '23:59:59.999999999'],
    ["'12:34:56.7'", '12:34:56.700000000'],
    ['1', '00:00:00.000000001'],
  ],
  timestamp: [
    ['0', new Date(0)],
    ['-1', new Date(-1)],
    ["'2026-11-21T12:34:56.789Z'", new Date(Date.UTC(2026, 10, 21, 12, 34, 56, 789))],
    ["'2026-11-21 12:34:56+0130'", new Date(Date.UTC(2026, 10, 21, 11, 4, 56))],
    ['8640000000000000', new Date(8.64e15)],
    ['-8640000000000000', new Date(-8.64e15)],
  ],
  timeuuid: [
    [NOON, NOON],
    [NOON.toUpperCase(), NOON],
  ],
  tinyint: numbers(0, 1, -1, 127, -128),
  uuid: [
    ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'],
    ['FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    ['01234567-89ab-4cde-8f01-23456789abcd', '01234567-89ab-4cde-8f01-23456789abcd'],
  ],
  varint: integers(0n, 1n, -1n, ...varintBorders, 7n ** 2_000n, -(7n ** 2_000n)),
};

/** What has no length, as Cassandra lets it be written where a type allows it. */
export const EMPTY_LITERALS: Readonly<Record<string, string>> = Object.fromEntries(
  'bigint boolean decimal double float inet int timestamp timeuuid uuid varint'
    .split(' ')
    .map((type) => [type, `blob_as_${type}(0x)`]),
);
