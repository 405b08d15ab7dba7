import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const EPOCH = Date.UTC(2026, 0, 1);
const SENSORS = 5_000;
/** How many records become bytes at a time. */
const BLOCK = 1_000;

/** Records of the table `readings`: one in ten has a field in quotes, one in twenty a null. */
function line(id: number): string {
  const sensor = id % SENSORS;
  const digits = Math.imul(sensor, 2_654_435_761) >>> 0;
  const hex = digits.toString(16).padStart(8, '0');
  const uuid = `${hex}-${hex.slice(0, 4)}-4${hex.slice(1, 4)}-8${hex.slice(2, 5)}-${hex}${hex.slice(4)}`;
  return `${id},${uuid},sensor-${sensor},${new Date(EPOCH + id * 1_000).toISOString()},${id / 7},${id * 1_000},${id % 2 === 0},${note(id)}\n`;
}

function note(id: number): string {
  if (id % 20 === 0) return '';
  return id % 10 === 3 ? '"moved, and calibrated again"' : 'nothing out of the ordinary';
}

function* blocks(rows: number): Generator<string> {
  yield 'id,sensor,name,at,value,count,ok,note\n';
  for (let from = 0; from < rows; from += BLOCK) {
    let block = '';
    for (let id = from; id < Math.min(rows, from + BLOCK); id++) block += line(id);
    yield block;
  }
}

/** Writes the file that is loaded. */
export const writeCsv = (path: string, rows: number): Promise<void> =>
  pipeline(Readable.from(blocks(rows)), createWriteStream(path));
