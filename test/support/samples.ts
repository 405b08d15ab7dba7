import fc from 'fast-check';
import { Decimal, Duration } from 'rxcql';

/** A value in two forms that know nothing of each other's bytes: as the driver has it, and as CQL writes it. */
export interface Sample {
  readonly value: unknown;
  readonly literal: string;
}

const sample = (value: unknown, literal = String(value)): Sample => ({ value, literal });
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const signed = (bits: bigint): fc.Arbitrary<bigint> => fc.bigInt(-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n);
const small = (bits: number): fc.Arbitrary<Sample> =>
  fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }).map((number) => sample(number));

/** A Set has no minus zero, which it would be if it were an element. */
const floating = (number: number): Sample => sample(number === 0 ? 0 : number);

const MILLISECONDS_PER_DAY = 86_400_000;
const days = fc.integer({ min: -100_000_000, max: 100_000_000 });
const nanosecondsOfDay = fc.bigInt(0n, 86_399_999_999_999n);

/** Cassandra takes two decimals that differ in zeros at their end for one element of a set: none has such zeros. */
const decimals = fc
  .tuple(signed(100n), fc.integer({ min: -250, max: 500 }))
  .map(([unscaled, scale]) => (unscaled % 10n === 0n ? new Decimal(1n, scale) : new Decimal(unscaled, scale)));

/** Months, days and nanoseconds of one sign. */
const durations = fc
  .tuple(fc.boolean(), fc.nat(), fc.nat(), fc.bigInt(0n, 2n ** 63n - 1n))
  .map(([isNegative, months, days, nanoseconds]) =>
    isNegative
      ? sample(new Duration(-months, -days, -nanoseconds), `-${months}mo${days}d${nanoseconds}ns`)
      : sample(new Duration(months, days, nanoseconds), `${months}mo${days}d${nanoseconds}ns`),
  );

/** The text of an IPv6 address is made by the URL standard, which shortens it by the same rules; mapped ones aside. */
const ipv6 = fc
  .array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 })
  .filter((groups) => groups.slice(0, 5).some((group) => group !== 0))
  .map((groups) => groups.map((group) => group.toString(16)).join(':'))
  .map((long) => sample(new URL(`http://[${long}]`).hostname.slice(1, -1), quoted(long)));

/** Samples of the types without parameters. */
export const SCALAR_SAMPLES = {
  ascii: fc.string({ unit: 'binary-ascii' }).map((text) => sample(text, quoted(text))),
  bigint: signed(64n).map((integer) => sample(integer)),
  blob: fc.uint8Array({ maxLength: 300 }).map((bytes) => {
    const blob = Buffer.from(bytes);
    return sample(blob, `0x${blob.toString('hex')}`);
  }),
  boolean: fc.boolean().map((boolean) => sample(boolean)),
  date: days.map((day) =>
    sample(new Date(day * MILLISECONDS_PER_DAY).toISOString().split('T')[0], String(day + 2 ** 31)),
  ),
  decimal: decimals.map((decimal) => sample(decimal, `${decimal.unscaled}E${-decimal.scale}`)),
  double: fc.double().map(floating),
  duration: durations,
  float: fc.float().map(floating),
  inet: fc.oneof(
    fc.ipV4().map((text) => sample(text, quoted(text))),
    ipv6,
  ),
  int: small(32),
  smallint: small(16),
  text: fc.string({ unit: 'binary', maxLength: 200 }).map((text) => sample(text, quoted(text))),
  time: nanosecondsOfDay.map((time) => {
    const seconds = new Date(Number(time / 1_000_000n)).toISOString().slice(11, 19);
    return sample(`${seconds}.${String(time % 1_000_000_000n).padStart(9, '0')}`, String(time));
  }),
  timestamp: fc.date({ noInvalidDate: true }).map((date) => sample(date, String(date.getTime()))),
  timeuuid: fc.uuid({ version: 1 }).map((uuid) => sample(uuid)),
  tinyint: small(8),
  uuid: fc.uuid().map((uuid) => sample(uuid)),
  varint: fc.oneof(signed(16n), signed(64n), signed(2_000n)).map((integer) => sample(integer)),
} satisfies Record<string, fc.Arbitrary<Sample>>;
