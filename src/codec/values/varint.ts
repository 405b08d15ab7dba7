import { DecodeError } from '../../errors.js';
import { getI64 } from '../reader.js';
import type { ValueCodec } from '../value.js';
import type { Writer } from '../writer.js';
import { MAX_DIGITS, toBigInt } from './exact-integer.js';
import { misfit, outOfRange } from './misfit.js';

/** A varint longer than this takes seconds to turn into digits: such a value is refused in either direction. */
const MAX_VARINT_LENGTH = 64 * 1024;

export const varint: ValueCodec = {
  decode: (buffer, start, end) => (end === start ? null : readVarint(buffer, start, end)),
  encode: (writer, value) => {
    const exact = toBigInt(value, MAX_DIGITS);
    if (exact === undefined) throw misfit('an integer (bigint, safe number or string)', value);
    writeVarint(writer, exact);
  },
};

/** Two's complement, big-endian, of any length. */
export function readVarint(buffer: Buffer, start: number, end: number): bigint {
  const length = end - start;
  if (length <= 0) throw new DecodeError('an integer needs at least one byte');
  if (length <= 4) return BigInt((getI32Left(buffer, start, length) << (32 - 8 * length)) >> (32 - 8 * length));
  if (length === 8) return getI64(buffer, start);
  if (length > MAX_VARINT_LENGTH) throw new DecodeError(`an integer of ${length} bytes is longer than is accepted`);
  return BigInt.asIntN(8 * length, BigInt(`0x${buffer.toString('hex', start, end)}`));
}

function getI32Left(buffer: Buffer, start: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) value = (value << 8) | buffer[start + i]!;
  return value;
}

/** Two's complement, big-endian, in as few bytes as hold the sign. */
export function writeVarint(writer: Writer, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) {
    writeShort(writer, value);
    return;
  }
  // -n - 1 needs as many bits without a sign as n does with one.
  const magnitude = value < 0n ? -value - 1n : value;
  const hexDigits = magnitude.toString(16);
  const bits = hexDigits.length * 4 - Math.clz32(parseInt(hexDigits[0]!, 16)) + 28;
  const length = (bits >>> 3) + 1;
  if (length > MAX_VARINT_LENGTH) throw outOfRange(`an integer of at most ${MAX_VARINT_LENGTH} bytes`, value);
  const hex = BigInt.asUintN(length * 8, value)
    .toString(16)
    .padStart(length * 2, '0');
  writer.bytes(Buffer.from(hex, 'hex'));
}

/** The same for what 64 bits hold, without text. */
function writeShort(writer: Writer, value: bigint): void {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(value >> 32n);
  const isSmall = high === low >> 31;
  const half = isSmall ? low : high;
  // With its sign, the half takes one bit more than it has.
  const bits = 32 - Math.clz32(half < 0 ? ~half : half);
  const length = (isSmall ? 1 : 5) + (bits >>> 3);
  const at = writer.claim(length);
  const { target } = writer;
  for (let i = 0; i < length; i++) {
    const shift = 8 * (length - 1 - i);
    target[at + i] = shift >= 32 ? high >> (shift - 32) : low >> shift;
  }
}
