import { HEADER_LENGTH, type ProtocolVersion, putHeader } from '../codec/envelope.js';
import { MAX_PAYLOAD, sealSegment, SEGMENT_HEADER_LENGTH, SEGMENT_OVERHEAD } from '../codec/segment.js';
import type { Slice } from '../codec/writer.js';

/** A request on its way out: the room for its header, and its body. */
export interface Outgoing {
  /** Its first {@link HEADER_LENGTH} bytes are left for the header. */
  readonly message: Slice;
  readonly opcode: number;
  readonly flags: number;
  readonly streamId: number;
}

/** More is not given to a socket at a time: it would keep all of it for a peer that does not read. */
const MAX_WRITE = 1024 * 1024;

/**
 * The requests that wait for the end of the turn. Only then are they framed and copied, all into one buffer, so that one
 * that was cancelled meanwhile leaves no trace, and so that the bytes stay what they were when the request was made.
 */
export class Outbox {
  private readonly version: ProtocolVersion;
  private readonly entries = new Set<Outgoing>();

  constructor(version: ProtocolVersion) {
    this.version = version;
  }

  get isEmpty(): boolean {
    return this.entries.size === 0;
  }

  add(outgoing: Outgoing): void {
    this.entries.add(outgoing);
  }

  /** Whether it has not been written yet. */
  has(outgoing: Outgoing): boolean {
    return this.entries.has(outgoing);
  }

  /** Takes out what has not been written yet; false if it has been. */
  remove(outgoing: Outgoing): boolean {
    return this.entries.delete(outgoing);
  }

  /** What waits, framed and ready to be written: all of it, or the first that together reach {@link MAX_WRITE}. */
  take(segmented: boolean): Buffer {
    const entries: Outgoing[] = [];
    let length = 0;
    for (const entry of this.entries) {
      entries.push(entry);
      this.entries.delete(entry);
      length += entry.message.end - entry.message.start;
      if (length >= MAX_WRITE) break;
    }
    return segmented ? this.segments(entries) : this.envelopes(entries);
  }

  private envelopes(entries: readonly Outgoing[]): Buffer {
    const bytes = Buffer.allocUnsafe(lengthOf(entries, 0, entries.length));
    this.copy(entries, 0, entries.length, bytes, 0);
    return bytes;
  }

  /** Whole envelopes share self-contained segments; one that is larger than a segment is spread over several. */
  private segments(entries: readonly Outgoing[]): Buffer {
    const groups = groupBySegment(entries);
    const total = groups.reduce((sum, group) => sum + framedLength(group.length), 0);
    const bytes = Buffer.allocUnsafe(total);
    let at = 0;
    for (const { from, until, length } of groups) {
      if (length <= MAX_PAYLOAD) {
        this.copy(entries, from, until, bytes, at + SEGMENT_HEADER_LENGTH);
        sealSegment(bytes, at, length, true);
      } else {
        const envelope = Buffer.allocUnsafe(length);
        this.copy(entries, from, until, envelope, 0);
        putSlices(envelope, bytes, at);
      }
      at += framedLength(length);
    }
    return bytes;
  }

  /** Copies entries one behind the other and fills in their headers. */
  private copy(entries: readonly Outgoing[], from: number, until: number, target: Buffer, at: number): void {
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
      for (; i < last; i++) end = this.putHeader(entries[i]!, target, end);
    }
  }

  private putHeader({ message, flags, streamId, opcode }: Outgoing, target: Buffer, at: number): number {
    const length = message.end - message.start;
    putHeader(target, at, this.version, flags, streamId, opcode, length - HEADER_LENGTH);
    return at + length;
  }
}

function continues(message: Slice, buffer: Buffer, end: number): boolean {
  return message.buffer === buffer && message.start === end;
}

function lengthOf(entries: readonly Outgoing[], from: number, until: number): number {
  let length = 0;
  for (let i = from; i < until; i++) {
    const { message } = entries[i]!;
    length += message.end - message.start;
  }
  return length;
}

/** Entries that go into one self-contained segment, or a single one that needs several. */
interface Group {
  readonly from: number;
  readonly until: number;
  readonly length: number;
}

function groupBySegment(entries: readonly Outgoing[]): Group[] {
  const groups: Group[] = [];
  let from = 0;
  let length = 0;
  for (let i = 0; i < entries.length; i++) {
    const next = lengthOf(entries, i, i + 1);
    if (length > 0 && length + next > MAX_PAYLOAD) {
      groups.push({ from, until: i, length });
      from = i;
      length = 0;
    }
    length += next;
  }
  groups.push({ from, until: entries.length, length });
  return groups;
}

function framedLength(length: number): number {
  return length + SEGMENT_OVERHEAD * Math.max(1, Math.ceil(length / MAX_PAYLOAD));
}

function putSlices(envelope: Buffer, target: Buffer, at: number): void {
  for (let start = 0; start < envelope.length; start += MAX_PAYLOAD) {
    const length = Math.min(MAX_PAYLOAD, envelope.length - start);
    envelope.copy(target, at + SEGMENT_HEADER_LENGTH, start, start + length);
    sealSegment(target, at, length, false);
    at += length + SEGMENT_OVERHEAD;
  }
}
