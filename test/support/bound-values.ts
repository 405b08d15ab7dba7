import Long from 'long';
import { Decimal, Duration } from 'rxcql';

/** A value as a program gives it, and what the server calls it in JSON. */
export type Bound = readonly [value: unknown, json: string];

const UUID = '01234567-89ab-4cde-8f01-23456789abcd';
const NOON = 'a4a70900-24e1-11df-8924-001ff3591711';
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll('-', ''), 'hex'));
const quoted = (text: string): string => `"${text}"`;
const alike = (json: string, ...values: readonly unknown[]): Bound[] => values.map((value) => [value, json]);

class Point {
  name = 'Ada';
  Age = 36;
}

/** What is taken for each type, in all of its forms. */
export const BOUND_VALUES: Readonly<Record<string, readonly Bound[]>> = {
  ascii: [
    ['', '""'],
    ['~\u007f', '"~\u007f"'],
  ],
  bigint: [
    ...alike('9223372036854775807', 2n ** 63n - 1n, '9223372036854775807', Long.MAX_VALUE),
    ...alike('-9223372036854775808', -(2n ** 63n), '-9223372036854775808', Long.MIN_VALUE),
    ...alike('-1', -1, -1n, '-1', Long.NEG_ONE, Long.fromNumber(-1)),
    ...alike('9007199254740991', Number.MAX_SAFE_INTEGER, Long.fromNumber(Number.MAX_SAFE_INTEGER)),
    ...alike('4294967296', 2 ** 32, Long.fromBits(0, 1), Long.fromBits(0, 1, true)),
  ],
  blob: [
    [Buffer.alloc(0), '"0x"'],
    [Uint8Array.of(0, 255), '"0x00ff"'],
    [new Uint8Array([1, 2, 3, 4]).subarray(1, 3), '"0x0203"'],
  ],
  boolean: [
    [true, 'true'],
    [false, 'false'],
  ],
  date: [
    ...alike('"1970-01-01"', '1970-01-01', new Date(0), new Date(86_399_999), { year: 1970, month: 1, day: 1 }),
    ...alike('"1969-12-31"', new Date(-1), '1969-12-31'),
    ...alike('"2024-02-29"', '2024-02-29', { year: 2024, month: 2, day: 29 }),
    ['0000-01-01', '"0000-01-01"'],
    ['-000001-12-31', '"-0001-12-31"'],
    ['+010000-01-01', '"+10000-01-01"'],
    ['-5877641-06-23', '"-5877641-06-23"'],
    ['+5881580-07-11', '"+5881580-07-11"'],
  ],
  decimal: [
    ...alike('0', 0, 0n, '0', Decimal.from(0)),
    ...alike('-12.50', '-12.50', new Decimal(-1250n, 2)),
    ...alike('0.1', 0.1, '.1'),
    ...alike('1E+3', '1E3', '1e+3', new Decimal(1n, -3)),
    ...alike('1E-7', 1e-7, '0.0000001'),
    [1e21, '1E+21'],
    [2n ** 100n, String(2n ** 100n)],
    [new Decimal(128n, 2 ** 31 - 1), '1.28E-2147483645'],
    [new Decimal(-129n, -(2 ** 31)), '-1.29E+2147483650'],
  ],
  double: [
    ...alike('1.5', 1.5, '1.5', '15e-1'),
    ...alike('-3.0', -3, -3n, '-3'),
    [-0, '-0.0'],
    [Number.MAX_VALUE, '1.7976931348623157E308'],
    [-Number.MIN_VALUE, '-4.9E-324'],
    [0.1 + 0.2, '0.30000000000000004'],
  ],
  duration: [
    ...alike('"1y2mo3d4h5m6s7ms8us9ns"', '1y2mo3d4h5m6s7ms8us9ns', 'P1Y2M3DT4H5M6.007008009S'),
    ...alike('"-1mo2d3ns"', new Duration(-1, -2, -3n), '-1mo2d3ns'),
    ...alike('"14d"', 'P2W', '2w', new Duration(0, 14, 0n)),
    [new Duration(2 ** 31 - 1, 2 ** 31 - 1, 2n ** 63n - 1n), '"178956970y7mo2147483647d2562047h47m16s854ms775us807ns"'],
  ],
  float: [
    ...alike('1.5', 1.5, '1.5'),
    [16_777_216n, '1.6777216E7'],
    [0.1, '0.1'],
    [2 ** -149, '1.4E-45'],
    [2 ** 128 - 2 ** 104, '3.4028235E38'],
  ],
  inet: [
    ...alike('"127.0.0.1"', '127.0.0.1', Uint8Array.of(127, 0, 0, 1)),
    ...alike('"0:0:0:0:0:0:0:1"', '::1', '0:0:0:0:0:0:0:1', bytes('0'.repeat(31) + '1')),
    ...alike('"2001:db8:0:0:0:0:0:1"', '2001:db8::1', '2001:DB8:0::0:1'),
  ],
  int: [
    ...alike('2147483647', 2 ** 31 - 1, 2n ** 31n - 1n, '2147483647'),
    ...alike('-2147483648', -(2 ** 31), '-2147483648'),
    ...alike('0', 0, -0, '+0'),
  ],
  smallint: [...alike('32767', 32_767, '32767'), ...alike('-32768', -32_768, -32_768n), ...alike('-1', -1)],
  text: [
    ['', '""'],
    ['東京🦊 "\\', '"東京🦊 \\"\\\\"'],
  ],
  time: [
    ...alike('"23:59:59.999999999"', '23:59:59.999999999', 86_399_999_999_999n),
    ...alike('"12:34:00.000000000"', '12:34', '12:34:00', 45_240_000_000_000n),
    [0n, '"00:00:00.000000000"'],
  ],
  timestamp: [
    ...alike(
      '"2026-11-21 12:34:56.789Z"',
      new Date(Date.UTC(2026, 10, 21, 12, 34, 56, 789)),
      '2026-11-21T12:34:56.789Z',
      '2026-11-21T14:34:56.789+02:00',
      '2026-11-21 11:04:56.789-0130',
    ),
    ...alike('"1970-01-01 00:00:00.000Z"', new Date(0), 0, 0n, '1970-01-01', { epochMilliseconds: 0 }),
    ...alike('"1969-12-31 23:59:59.999Z"', -1, -1n, new Date(-1)),
    ...alike('"+275760-09-13 00:00:00.000Z"', 8.64e15, new Date(8.64e15)),
    ...alike('"+292278994-08-17 07:12:55.807Z"', 2n ** 63n - 1n),
  ],
  timeuuid: alike(quoted(NOON), NOON, NOON.toUpperCase(), bytes(NOON)),
  tinyint: [...alike('127', 127, '127'), ...alike('-128', -128, -128n), ...alike('-1', -1)],
  uuid: alike(quoted(UUID), UUID, UUID.toUpperCase(), bytes(UUID), Buffer.from(bytes(UUID))),
  varint: [
    ...alike('-129', -129, -129n, '-129', Long.fromNumber(-129)),
    ...[127n, 128n, -128n, 255n, 256n, 2n ** 64n, -(2n ** 127n), 7n ** 500n].map((value): Bound => [
      value,
      String(value),
    ]),
  ],
  'list<int>': alike('[3, 1, 3]', [3, 1, 3], Int8Array.of(3, 1, 3), { [Symbol.iterator]: () => [3, 1, 3].values() }),
  'set<int>': alike('[1, 3]', [3, 1, 3], new Set([3, 1]), Uint8Array.of(1, 3)),
  'map<text, int>': alike(
    '{"": 2, "__proto__": 1}',
    new Map([
      ['__proto__', 1],
      ['', 2],
    ]),
    [
      ['__proto__', 1],
      ['', 2],
    ],
    JSON.parse('{"__proto__": 1, "": 2}'),
  ),
  'map<int, boolean>': alike('{"-1": true}', new Map([[-1, true]]), [['-1', true]]),
  'tuple<int, text, boolean>': [
    [[1, 'a', false], '[1, "a", false]'],
    ...alike('[1, null, null]', [1], [1, null, undefined]),
  ],
  'frozen<person>': [
    ...alike('{"name": "Ada", "\\"Age\\"": 36}', { Age: 36, name: 'Ada' }, new Point()),
    ...alike('{"name": null, "\\"Age\\"": null}', {}, { name: undefined, Age: null }),
  ],
  'vector<float, 2>': alike('[0.5, -1.0]', [0.5, -1], Float32Array.of(0.5, -1), Float64Array.of(0.5, -1), ['0.5', -1n]),
  'vector<text, 2>': alike('["", "b"]', ['', 'b'], new Set(['', 'b'])),
  'vector<smallint, 2>': alike('[-1, 256]', [-1, 256], Int16Array.of(-1, 256)),
  'frozen<map<uuid, list<tuple<int, set<text>>>>>': [
    [
      new Map([
        [
          UUID,
          [
            [1, new Set(['a', 'b'])],
            [null, []],
          ],
        ],
      ]),
      `{"${UUID}": [[1, ["a", "b"]], [null, []]]}`,
    ],
  ],
};
