import type { Compression } from '../codec/compression.js';
import type { ProtocolVersion } from '../codec/envelope.js';
import { sealCompressedSegment, sealSegment, TRAILER_LENGTH } from '../codec/segment.js';
import { COMPRESSED_HEADER_LENGTH, MAX_PAYLOAD, SEGMENT_HEADER_LENGTH } from '../codec/segment-header.js';
import { copyEnvelopes, lengthOf, type Outgoing } from './outgoing.js';

/**
 * Segments of protocol v5: whole envelopes share self-contained ones, an envelope that is larger than a segment is spread over
 * several. They are compressed, where it is worth it, if `compression` was agreed on.
 */
export function packSegments(
  entries: readonly Outgoing[],
  version: ProtocolVersion,
  compression: Compression | undefined,
): Buffer {
  const headerLength = compression === undefined ? SEGMENT_HEADER_LENGTH : COMPRESSED_HEADER_LENGTH;
  const groups = groupBySegment(entries);
  const bytes = Buffer.allocUnsafe(longest(groups, headerLength + TRAILER_LENGTH));
  let at = 0;
  for (const { from, until, length } of groups) {
    if (length <= MAX_PAYLOAD) {
      copyEnvelopes(entries, from, until, version, bytes, at + headerLength);
      at = seal(bytes, at, length, true, compression);
    } else {
      const envelope = Buffer.allocUnsafe(length);
      copyEnvelopes(entries, from, until, version, envelope, 0);
      for (let start = 0; start < length; start += MAX_PAYLOAD) {
        const end = Math.min(length, start + MAX_PAYLOAD);
        envelope.copy(bytes, at + headerLength, start, end);
        at = seal(bytes, at, end - start, false, compression);
      }
    }
  }
  return at === bytes.length ? bytes : bytes.subarray(0, at);
}

/** Makes a segment of the payload that lies behind the room for its header. Returns where it ends. */
function seal(
  bytes: Buffer,
  at: number,
  length: number,
  selfContained: boolean,
  compression: Compression | undefined,
): number {
  return compression === undefined
    ? sealSegment(bytes, at, length, selfContained)
    : sealCompressedSegment(bytes, at, length, selfContained, compression);
}

/** How long the segments are together if nothing of them gets smaller. */
function longest(groups: readonly Group[], overhead: number): number {
  let sum = 0;
  for (const { length } of groups) sum += length + overhead * Math.ceil(length / MAX_PAYLOAD);
  return sum;
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
