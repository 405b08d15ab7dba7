/* eslint-disable @typescript-eslint/unbound-method -- the generators need no this */
import { bytes, int, string } from '../codec/support.js';
import type { Random } from './random.js';

// Rows that no server would send, made from the grammar: types of any depth and form, counts and lengths that lie.

/** A type: how metadata describe it, and how to make a value of it. */
interface Shape {
  /** The digits of an `[option]`. */
  readonly option: string;
  /** The Java class. */
  readonly className: string;
  /** The digits of a value; mostly it fits. */
  value(): string;
}

const PACKAGE = 'org.apache.cassandra.db.marshal.';

const SCALARS: readonly (readonly [id: number, className: string, lengths: readonly number[]])[] = [
  [0x01, 'AsciiType', [0, 1, 5]],
  [0x02, 'LongType', [8]],
  [0x03, 'BytesType', [0, 3, 40]],
  [0x04, 'BooleanType', [1]],
  [0x05, 'CounterColumnType', [8]],
  [0x06, 'DecimalType', [5, 9, 30]],
  [0x07, 'DoubleType', [8]],
  [0x08, 'FloatType', [4]],
  [0x09, 'Int32Type', [4]],
  [0x0b, 'TimestampType', [8]],
  [0x0c, 'UUIDType', [16]],
  [0x0d, 'UTF8Type', [0, 3, 12, 13, 60]],
  [0x0e, 'IntegerType', [1, 4, 7, 8, 33]],
  [0x0f, 'TimeUUIDType', [16]],
  [0x10, 'InetAddressType', [4, 16]],
  [0x11, 'SimpleDateType', [4]],
  [0x12, 'TimeType', [8]],
  [0x13, 'ShortType', [2]],
  [0x14, 'ByteType', [1]],
  [0x15, 'DurationType', [3, 9, 27]],
];

/** Names that mean something to JavaScript, to CQL or to a generator of code. */
const NAMES = ['a', 'id', '__proto__', 'constructor', 'toString', '', '"', "'];//", '\u2028', '\ud800', '${x}', 'é東'];

/** Twice as many levels as are accepted, sometimes; a few otherwise. */
function depthOf(random: Random): number {
  return random.chance(10) ? random.below(140) : random.below(5);
}

export function hostileResult(random: Random): Buffer {
  const columnCount = random.chance(3) ? random.below(300) : random.below(6);
  const columns = Array.from({ length: columnCount }, () => shape(random, depthOf(random)));
  const rowCount = random.below(4);
  const flags = random.chance(80) ? random.below(4) : random.bits();
  const isGlobal = (flags & 1) !== 0;
  const table = string(random.pick(NAMES)) + string(random.pick(NAMES));
  const parts = [int(2), int(flags), count(random, columnCount)];
  if (flags & 2) parts.push(int(2), 'beef');
  if (flags & 8) parts.push('0002', 'cafe');
  if (isGlobal) parts.push(table);
  for (const column of columns) parts.push(isGlobal ? '' : table, string(random.pick(NAMES)), column.option);
  parts.push(count(random, rowCount));
  for (let row = 0; row < rowCount; row++) for (const column of columns) parts.push(cell(random, column));
  const body = bytes(...parts);
  const header = bytes('84 00 0001 08', int(body.length));
  return Buffer.concat([header, body]);
}

const LIES = [-1, -2, 0, 1, 0x7f, 0xff, 0xffff, 0x10000, 0x7fffffff, -0x80000000, 0x10000001, 1_024, 1_025, 32_768];

function count(random: Random, honest: number): string {
  return int(random.chance(4) ? random.pick(LIES) : honest);
}

function cell(random: Random, { value }: Shape): string {
  if (random.chance(5)) return int(random.pick([-1, -2, 0]));
  const digits = value();
  return count(random, digits.length / 2) + digits;
}

function short(value: number): string {
  return (value & 0xffff).toString(16).padStart(4, '0');
}

function shape(random: Random, depth: number): Shape {
  const made = depth > 0 ? compound(random, depth - 1) : scalar(random);
  const isClass = made.option === '' || random.chance(15);
  if (!isClass) return made;
  const wrapped = random.chance(20) ? `${PACKAGE}FrozenType(${made.className})` : made.className;
  return { ...made, option: `0000${string(wrapped.slice(0, 0xffff))}` };
}

function scalar(random: Random): Shape {
  if (random.chance(2)) return { option: short(random.bits()), className: 'a.b.C(x:y,(z))', value: () => 'ff' };
  const [id, name, lengths] = random.pick(SCALARS);
  return {
    option: short(id),
    className: PACKAGE + name,
    value: () => random.bytes(random.chance(95) ? random.pick(lengths) : random.below(20)).toString('hex'),
  };
}

function compound(random: Random, depth: number): Shape {
  const inner = shape(random, depth);
  const items = (...kinds: readonly Shape[]): string => {
    // Deep ones have one element a level, or they would have no end.
    const entries = Array.from({ length: depth > 4 ? 1 : random.below(4) }, () =>
      kinds.map((kind) => cell(random, kind)).join(''),
    );
    return count(random, entries.length) + entries.join('');
  };
  switch (random.below(6)) {
    case 0:
      return {
        option: `0020${inner.option}`,
        className: `${PACKAGE}ListType(${inner.className})`,
        value: () => items(inner),
      };
    case 1:
      return {
        option: `0022${inner.option}`,
        className: `${PACKAGE}SetType(${inner.className})`,
        value: () => items(inner),
      };
    case 2: {
      const key = scalar(random);
      return {
        option: `0021${key.option}${inner.option}`,
        className: `${PACKAGE}MapType(${key.className},${inner.className})`,
        value: () => items(key, inner),
      };
    }
    case 3: {
      const others = fields(random, inner);
      return {
        option: `0031${short(others.length)}${others.map(({ option }) => option).join('')}`,
        className: `${PACKAGE}TupleType(${others.map(({ className }) => className).join(',')})`,
        value: () => fieldValues(random, others),
      };
    }
    case 4: {
      const others = fields(random, inner);
      const names = others.map(() => random.pick(NAMES));
      const described = others.map(({ option }, i) => string(names[i]!) + option).join('');
      const classes = others.map(({ className }, i) => `${Buffer.from(names[i]!).toString('hex')}:${className}`);
      return {
        option: `0030${string('ks')}${string('name')}${short(others.length)}${described}`,
        className: `${PACKAGE}UserType(ks,6e616d65,${classes.join(',')})`,
        value: () => fieldValues(random, others),
      };
    }
    default: {
      const dimensions = random.pick([0, 1, 2, 3, 3, 3, 1_000, 0x7fffffff, 0x80000000]);
      return {
        option: '',
        className: `${PACKAGE}VectorType(${inner.className} , ${dimensions})`,
        // As if every element had one byte for its length, or none.
        value: () => {
          const hasLengths = random.chance(50);
          const elements = Array.from({ length: Math.min(dimensions, depth > 4 ? 1 : 3) }, () => inner.value());
          return elements
            .map((digits) => (hasLengths ? ((digits.length / 2) & 0x7f).toString(16).padStart(2, '0') : '') + digits)
            .join('');
        },
      };
    }
  }
}

function fields(random: Random, inner: Shape): Shape[] {
  if (random.chance(2)) return Array.from({ length: random.pick([1_000, 1_024, 1_025]) }, () => scalar(random));
  return [inner, ...Array.from({ length: random.below(3) }, () => scalar(random))];
}

function fieldValues(random: Random, shapes: readonly Shape[]): string {
  const length = random.chance(80) ? shapes.length : random.below(shapes.length + 1);
  return shapes
    .slice(0, length)
    .map((field) => cell(random, field))
    .join('');
}
