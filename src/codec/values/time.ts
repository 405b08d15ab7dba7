import { DecodeError } from '../../errors.js';
import { getI64 } from '../reader.js';
import type { ValueCodec } from '../value.js';
import { fixed } from './length.js';
import { misfit } from './misfit.js';

const EXPECTED = "a time of day as 'HH:MM:SS.nnnnnnnnn' or nanoseconds as a bigint";
const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;
const TEXT = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/;

function format(nanoseconds: bigint): string {
  const seconds = Number(nanoseconds / SECOND);
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
  // A day has fewer nanoseconds than a number holds.
  return BigInt((hours * 3600 + minutes * 60 + seconds) * 1e9 + Number((match[4] ?? '').padEnd(9, '0')));
}

export const time: ValueCodec = {
  ...fixed(8, (buffer, at) => {
    const nanoseconds = getI64(buffer, at);
    if (nanoseconds < 0n || nanoseconds >= DAY) throw new DecodeError('the time is not within a day');
    return format(nanoseconds);
  }),
  encode: (writer, value) => writer.i64(toNanoseconds(value)),
};
