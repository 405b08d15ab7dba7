import { HEADER_LENGTH } from '../../../src/codec/envelope.js';
import { sealSegment, TRAILER_LENGTH } from '../../../src/codec/segment.js';
import { MAX_PAYLOAD, SEGMENT_HEADER_LENGTH } from '../../../src/codec/segment-header.js';
import { PAGE_MARK } from './answers.js';

const OVERHEAD = SEGMENT_HEADER_LENGTH + TRAILER_LENGTH;

/** How much of a large envelope is made anew for each request: all that can differ is there. */
const HEAD = 4 * 1024;

/** An envelope that was made beforehand: only its stream id and, where there are more, the number of the next page are put in. */
export class Canned {
  /** All of it, or the beginning of a large one; in v5 that is a segment already. What is in it changes with each request. */
  readonly head: Buffer;
  /** What follows, which never changes; in v5 in segments. */
  readonly tail: readonly Buffer[];
  private readonly envelope: Buffer;
  private readonly markAt: number;
  private readonly isSegment: boolean;

  constructor(envelope: Buffer, version: number) {
    const isLarge = envelope.length > MAX_PAYLOAD;
    this.markAt = envelope.indexOf(PAGE_MARK);
    this.isSegment = isLarge && version >= 5;
    this.envelope = isLarge ? envelope.subarray(0, HEAD) : envelope;
    const rest = isLarge ? envelope.subarray(HEAD) : Buffer.alloc(0);
    this.head = this.isSegment ? segmentOf(this.envelope) : this.envelope;
    this.tail = this.isSegment ? segmentsOf(rest) : isLarge ? [rest] : [];
  }

  /** Makes it the answer to the request that begins at `at`. */
  address(request: Buffer, at: number, nextPage: number): void {
    const { envelope, head } = this;
    envelope[2] = request[at + 2]!;
    envelope[3] = request[at + 3]!;
    if (this.markAt > 0) envelope.writeUInt32BE(nextPage, this.markAt);
    if (!this.isSegment) return;
    envelope.copy(head, SEGMENT_HEADER_LENGTH, 0, Math.max(HEADER_LENGTH, this.markAt + PAGE_MARK.length));
    sealSegment(head, 0, head.length - OVERHEAD, false);
  }
}

function segmentsOf(bytes: Buffer): Buffer[] {
  const segments: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += MAX_PAYLOAD) segments.push(segmentOf(bytes.subarray(at, at + MAX_PAYLOAD)));
  return segments;
}

function segmentOf(payload: Buffer): Buffer {
  const segment = Buffer.alloc(payload.length + OVERHEAD);
  payload.copy(segment, SEGMENT_HEADER_LENGTH);
  sealSegment(segment, 0, payload.length, false);
  return segment;
}
