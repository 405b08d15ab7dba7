import { bytes, int, string } from '../codec/support.js';
import type { Random } from './random.js';

// A row of one cell, which costs as much as can be had for its bytes: what is checked of it is how long it takes and what it uses.

const PACKAGE = 'org.apache.cassandra.db.marshal.';

export function extremeResult(random: Random): Buffer {
  const [option, cell] = random.pick([wide, flood, empties, metadata, names])(random);
  const body = bytes(int(2), int(1), int(1), string('k'), string('t'), string('c'), option, int(1));
  const content = Buffer.concat([body, bytes(int(cell.length)), cell]);
  return Buffer.concat([bytes('84 00 0001 08', int(content.length)), content]);
}

type Extreme = readonly [option: string, cell: Buffer];

const short = (value: number): string => value.toString(16).padStart(4, '0');
const repeated = (digits: string, count: number): Buffer => Buffer.alloc(count * (digits.length / 2), bytes(digits));
const list = (count: number, items: Buffer): Buffer => Buffer.concat([bytes(int(count)), items]);

/** Tuples and user-defined types of which most fields are missing. */
function wide(random: Random): Extreme {
  const width = random.pick([10, 100, 1_024]);
  const fields = Array.from({ length: width }, (_, i) => `${string(`f${i}`)}0009`).join('');
  const type = random.chance(50)
    ? `0031${short(width)}${'0009'.repeat(width)}`
    : `0030${string('ks')}${string('name')}${short(width)}${fields}`;
  const count = random.pick([1, 16, 17, 1_000, 20_000]);
  return [`0020${type}`, list(count, repeated('00000004ffffffff', count))];
}

/** Sets and maps of long integers that agree in many bits. */
function flood(random: Random): Extreme {
  const count = random.pick([100, 257, 5_000]);
  const groups = random.pick([1, 2, 40]);
  const isMap = random.chance(50);
  const items = Array.from({ length: count }, (_, i) => {
    const key = bytes(int(16), int(i + 1), int(0), int(i % groups), int(0));
    return isMap ? Buffer.concat([key, bytes(int(-1))]) : key;
  });
  return [isMap ? '0021000e0009' : '0022000e', list(count, Buffer.concat(items))];
}

/** Collections and vectors of what is empty. */
function empties(random: Random): Extreme {
  const count = random.pick([100, 1_000, 30_000]);
  if (random.chance(50)) {
    const element = random.pick(['BytesType', 'UTF8Type', 'Int32Type', 'ListType(Int32Type)']);
    const name = `${PACKAGE}VectorType(${PACKAGE}${element},${count})`;
    return [`0000${string(name)}`, Buffer.alloc(count)];
  }
  const inner = random.pick(['0003', '000d', '00200009', '00220009', '002100090009']);
  return random.chance(50)
    ? [`0020${inner}`, list(count, Buffer.alloc(4 * count))]
    : [`0020${inner}`, list(count, repeated('0000000400000000', count))];
}

/** Types that nest deeply around a long name. */
function metadata(random: Random): Extreme {
  const depth = random.below(65);
  const inner = random.pick(['x('.padEnd(60_000, '<,'), '"'.repeat(60_000), 'frozen<'.repeat(9_000)]);
  return ['0020'.repeat(depth) + `0000${string(inner)}`, Buffer.alloc(0)];
}

/** Text and numbers that take long to read. */
function names(random: Random): Extreme {
  const content = Buffer.alloc(random.pick([60_000, 65_536, 65_537]), random.pick([0x7f, 0xff, 0x31]));
  return [random.pick(['000e', '0006', '000d', '0001', '0015']), content];
}
