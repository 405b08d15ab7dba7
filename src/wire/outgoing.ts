import { HEADER_LENGTH, type ProtocolVersion, putHeader } from '../codec/envelope.js';
import type { Slice } from '../codec/writer.js';

/** A request on its way out: the room for its header, and its body. */
export interface Outgoing {
  /** Its first {@link HEADER_LENGTH} bytes are left for the header. */
  readonly message: Slice;
  readonly opcode: number;
  readonly flags: number;
  readonly streamId: number;
  /** Whether it waits to be written. */
  isQueued: boolean;
}

/** How many bytes some of the entries have, headers included. */
export function lengthOf(entries: readonly Outgoing[], from: number, until: number): number {
  let length = 0;
  for (let i = from; i < until; i++) {
    const { message } = entries[i]!;
    length += message.end - message.start;
  }
  return length;
}

/** Copies some of the entries one behind the other and fills in their headers. */
export function copyEnvelopes(
  entries: readonly Outgoing[],
  from: number,
  until: number,
  version: ProtocolVersion,
  target: Buffer,
  at: number,
): void {
  let end = at;
  for (let i = from; i < until;) {
    const { message } = entries[i]!;
    // Messages that were encoded one after another lie so in memory too: one copy serves them all.
    let last = i + 1;
    let sliceEnd = message.end;
    while (last < until && continues(entries[last]!.message, message.buffer, sliceEnd)) {
      sliceEnd = entries[last++]!.message.end;
    }
    message.buffer.copy(target, end, message.start, sliceEnd);
    for (; i < last; i++) {
      const { message: own, flags, streamId, opcode } = entries[i]!;
      const length = own.end - own.start;
      putHeader(target, end, version, flags, streamId, opcode, length - HEADER_LENGTH);
      end += length;
    }
  }
}

function continues(message: Slice, buffer: Buffer, end: number): boolean {
  return message.buffer === buffer && message.start === end;
}
