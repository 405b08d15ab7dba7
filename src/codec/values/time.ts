import { DecodeError } from '../../errors.js';
import { getI32 } from '../reader.js';
import type { ValueCodec } from '../value.js';
import { fixed } from './length.js';
import { misfit } from './misfit.js';

const EXPECTED = "a time of day as 'HH:MM:SS.nnnnnnnnn' or nanoseconds as a bigint";
const TEXT = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/;

/** All nanoseconds of a day are safe numbers, which are several times as fast as bigints. */
const SECOND = 1e9;
const DAY = 86_400 * SECOND;

function format(nanoseconds: number): string {
  const seconds = Math.floor(nanoseconds / SECOND);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const fraction = String(nanoseconds % SECOND).padStart(9, '0');
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${fraction}`;
}

function toNanoseconds(value: unknown): bigint {
  if (typeof value === 'bigint' && value >= 0n && value < DAY) return value;
  const match = typeof value === 'string' ? TEXT.exec(value) : null;
  if (match === null) throw misfit(EXPECTED, value);
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) throw misfit(EXPECTED, value);
  return BigInt((hours * 3600 + minutes * 60 + seconds) * SECOND + Number((match[4] ?? '').padEnd(9, '0')));
}

export const time: ValueCodec = {
  ...fixed(8, (buffer, at) => {
    const nanoseconds = getI32(buffer, at) * 0x100000000 + (getI32(buffer, at + 4) >>> 0);
    if (nanoseconds < 0 || nanoseconds >= DAY) throw new DecodeError('the time is not within a day');
    return format(nanoseconds);
  }),
  encode: (writer, value) => writer.i64(toNanoseconds(value)),
};
