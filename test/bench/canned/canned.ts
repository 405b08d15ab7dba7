import { HEADER_LENGTH } from '../../../src/codec/envelope.js';
import { sealSegment, TRAILER_LENGTH } from '../../../src/codec/segment.js';
import { MAX_PAYLOAD, SEGMENT_HEADER_LENGTH } from '../../../src/codec/segment-header.js';
import { PAGE_MARK } from './answers.js';

const OVERHEAD = SEGMENT_HEADER_LENGTH + TRAILER_LENGTH;

/** An envelope that was made beforehand: only its stream id and, where there are more, the number of the next page are put in. */
export class Canned {
  readonly bytes: Buffer;
  /** The same in segments, where it needs several. */
  readonly segments: readonly Buffer[];
  private readonly markAt: number;

  constructor(envelope: Buffer) {
    this.bytes = envelope;
    this.segments = envelope.length > MAX_PAYLOAD ? segmentsOf(envelope) : [];
    this.markAt = envelope.indexOf(PAGE_MARK);
  }

  /** Makes it the answer to the request that begins at `at`. */
  address(request: Buffer, at: number, nextPage: number): void {
    this.bytes[2] = request[at + 2]!;
    this.bytes[3] = request[at + 3]!;
    if (this.markAt > 0) this.bytes.writeUInt32BE(nextPage, this.markAt);
    const [first] = this.segments;
    if (first === undefined) return;
    // What was put in is at its beginning.
    const end = Math.max(HEADER_LENGTH, this.markAt + PAGE_MARK.length);
    this.bytes.copy(first, SEGMENT_HEADER_LENGTH, 0, end);
    sealSegment(first, 0, first.length - OVERHEAD, false);
  }
}

function segmentsOf(envelope: Buffer): Buffer[] {
  const segments: Buffer[] = [];
  for (let at = 0; at < envelope.length; at += MAX_PAYLOAD) {
    const payload = envelope.subarray(at, at + MAX_PAYLOAD);
    const segment = Buffer.alloc(payload.length + OVERHEAD);
    payload.copy(segment, SEGMENT_HEADER_LENGTH);
    sealSegment(segment, 0, payload.length, false);
    segments.push(segment);
  }
  return segments;
}
