import { decompressEnvelope } from '../../codec/compressed-body.js';
import type { Compression } from '../../codec/compression.js';
import { type Envelope, HEADER_LENGTH } from '../../codec/envelope.js';
import { SegmentDecoder } from '../../codec/segment.js';
import { ProtocolError } from '../../errors.js';

/** How a connection is framed at the moment: from READY or AUTHENTICATE of v5 on, in segments. */
export interface ServerFraming {
  segmented: boolean;
  compression: Compression | undefined;
}

/** What Cassandra takes by default, and then some. */
const MAX_BODY_LENGTH = 256 * 1024 * 1024;

/** Cuts what a client sends, however chunked, into the envelopes of requests, decompressed. */
export class RequestDecoder {
  private readonly framing: ServerFraming;
  private segments: SegmentDecoder | undefined;
  private parts: Buffer[] = [];
  private length = 0;
  private wanted = HEADER_LENGTH;

  constructor(framing: ServerFraming) {
    this.framing = framing;
  }

  /** @throws ProtocolError if the bytes are no requests, or damaged. */
  read(chunk: Buffer, emit: (envelope: Envelope) => void): void {
    if (!this.framing.segmented) {
      this.collect(chunk, emit);
      return;
    }
    this.segments ??= new SegmentDecoder(this.framing.compression);
    let at = 0;
    while (at < chunk.length) {
      at = this.segments.read(chunk, at, chunk.length, (buffer, start, end, selfContained) => {
        const payload = buffer.subarray(start, end);
        this.collect(selfContained ? payload : Buffer.from(payload), emit);
      });
    }
  }

  private collect(chunk: Buffer, emit: (envelope: Envelope) => void): void {
    this.parts.push(chunk);
    this.length += chunk.length;
    while (this.length >= this.wanted) {
      const bytes = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
      this.parts = [bytes];
      this.wanted = HEADER_LENGTH + bodyLength(bytes);
      if (this.length < this.wanted) return;
      const envelope = bytes.subarray(0, this.wanted);
      this.parts = [bytes.subarray(this.wanted)];
      this.length -= this.wanted;
      this.wanted = HEADER_LENGTH;
      emit(decompressEnvelope(envelopeOf(envelope), this.framing.compression, MAX_BODY_LENGTH));
    }
  }
}

/** The versions that there are, or were: those of DataStax Enterprise among them. */
const VERSIONS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 0x41, 0x42]);

function bodyLength(bytes: Buffer): number {
  // Of a client that speaks something else, TLS perhaps, a server need not wait for more.
  if (!VERSIONS.has(bytes[0]!)) throw new ProtocolError(`Invalid or unsupported protocol version (${bytes[0]!})`);
  const length = bytes.readInt32BE(5);
  if (length < 0 || length > MAX_BODY_LENGTH) {
    throw new ProtocolError(`A request announces a body of ${length} bytes; ${MAX_BODY_LENGTH} is the most.`);
  }
  return length;
}

/** `<version u8> <flags u8> <stream id i16> <opcode u8> <length i32> <body>` */
function envelopeOf(buffer: Buffer): Envelope {
  return {
    version: buffer[0]!,
    flags: buffer[1]!,
    streamId: buffer.readInt16BE(2),
    opcode: buffer[4]!,
    buffer,
    start: HEADER_LENGTH,
    end: buffer.length,
  };
}
