import { DecodeError } from '../../errors.js';
import type { Writer } from '../writer.js';

/** A variable-length integer as it was read, and where what follows begins. */
export interface Vint {
  readonly value: bigint;
  readonly next: number;
}

/**
 * `[unsigned vint]` (v5, section 3): big-endian; as many bytes follow the first as that one has leading ones.
 *
 * 256000 is `C3 E8 00`.
 */
export function readUnsignedVint(buffer: Buffer, at: number, end: number): Vint {
  if (at >= end) throw new DecodeError('a vint is missing');
  const first = buffer[at]!;
  const extra = Math.clz32(~(first << 24));
  if (extra >= end - at) throw new DecodeError('a vint ends too early');
  let value = BigInt(first & (0xff >> extra));
  for (let i = 1; i <= extra; i++) value = (value << 8n) | BigInt(buffer[at + i]!);
  return { value, next: at + extra + 1 };
}

export function writeUnsignedVint(writer: Writer, value: bigint): void {
  let extra = 0;
  while (extra < 8 && value >> BigInt(7 * (extra + 1)) !== 0n) extra++;
  writer.u8((0xff00 >> extra) | Number(extra < 8 ? value >> BigInt(8 * extra) : 0n));
  for (let i = extra - 1; i >= 0; i--) writer.u8(Number((value >> BigInt(8 * i)) & 0xffn));
}

/** `[vint]`: zigzag, so that small negative numbers are short too. */
export function readVint(buffer: Buffer, at: number, end: number): Vint {
  const { value, next } = readUnsignedVint(buffer, at, end);
  return { value: (value >> 1n) ^ -(value & 1n), next };
}

export function writeVint(writer: Writer, value: bigint): void {
  writeUnsignedVint(writer, BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));
}
