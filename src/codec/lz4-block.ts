import { ProtocolError } from '../errors.js';

/** The shortest match that there is. */
const MIN_MATCH = 4;

/** A length of four bits that is full goes on in the bytes that follow. */
const FULL = 15;
const FULL_BYTE = 255;

/** Below these lengths a loop beats the call into native code. */
const LONG_LITERALS = 32;
const LONG_MATCH = 16;

/**
 * Decompresses one raw LZ4 block, `input` from `start` to `end`, whose plain length must be `outputLength`.
 *
 * ```
 * block    := <sequence>... <token> <more literal lengths> <literals>
 * sequence := <token> <more literal lengths> <literals> <offset u16, little-endian> <more match lengths>
 * token    := <literal length, 4 bits> <match length - 4, 4 bits>
 * more     := <255>... <less than 255>          only if the 4 bits are 15; all are added
 * ```
 *
 * A match repeats what was written `offset` bytes before, its own bytes included. Whatever the input says, nothing is read or
 * written beyond the bounds, and no length is read further once it is more than there is room for. The time it takes is bounded by
 * the output, some 2 ms for each MiB of it, and only so by the input, of which a byte may become 255.
 *
 * @throws ProtocolError for anything else than such a block. Not a `DecodeError`, which is about one response: like a
 * checksum that does not match, this shows that nothing the connection brings can be trusted.
 */
export function decompressBlock(input: Buffer, start: number, end: number, outputLength: number): Buffer {
  const output = Buffer.allocUnsafe(outputLength);
  let from = start;
  let to = 0;
  while (from < end) {
    const token = input[from++]!;

    let literals = token >>> 4;
    if (literals === FULL) {
      for (let more = FULL_BYTE; more === FULL_BYTE; literals += more) {
        if (from === end || literals > outputLength - to) throw damagedBlock();
        more = input[from++]!;
      }
    }
    if (literals > end - from || literals > outputLength - to) throw damagedBlock();
    if (literals < LONG_LITERALS) {
      for (const until = to + literals; to < until;) output[to++] = input[from++]!;
    } else {
      input.copy(output, to, from, from + literals);
      from += literals;
      to += literals;
    }
    // Only the last sequence ends with its literals.
    if (from === end && to === outputLength) return output;

    if (end - from < 2) throw damagedBlock();
    const offset = input[from]! | (input[from + 1]! << 8);
    from += 2;
    let length = token & FULL;
    if (length === FULL) {
      for (let more = FULL_BYTE; more === FULL_BYTE; length += more) {
        if (from === end || length > outputLength - to) throw damagedBlock();
        more = input[from++]!;
      }
    }
    length += MIN_MATCH;
    if (offset === 0 || offset > to || length > outputLength - to) throw damagedBlock();
    to = length < LONG_MATCH ? copyShort(output, to, offset, length) : copyLong(output, to, offset, length);
  }
  throw damagedBlock();
}

function copyShort(output: Buffer, to: number, offset: number, length: number): number {
  for (const until = to + length; to < until; to++) output[to] = output[to - offset]!;
  return to;
}

/** A match that overlaps itself repeats a pattern: what is there of it doubles with every copy. */
function copyLong(output: Buffer, to: number, offset: number, length: number): number {
  const start = to - offset;
  const until = to + length;
  // Of few bytes so many repetitions come first that it takes few calls.
  if (offset < LONG_MATCH) {
    const first = length < 2 * LONG_MATCH ? length : offset * Math.ceil(LONG_MATCH / offset);
    for (const end = to + first; to < end; to++) output[to] = output[to - offset]!;
  }
  while (to < until) {
    const next = Math.min(until, 2 * to - start);
    output.copyWithin(to, start, start + next - to);
    to = next;
  }
  return to;
}

/** The error of {@link decompressBlock}. */
export function damagedBlock(): ProtocolError {
  return new ProtocolError(
    'A compressed body is no LZ4 block of the announced length: the connection carries damaged data.',
  );
}
