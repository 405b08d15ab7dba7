import { Observable, type OperatorFunction } from 'rxjs';
import { decompressEnvelope } from '../codec/compressed-body.js';
import type { Compression } from '../codec/compression.js';
import { type Envelope, EnvelopeDecoder, type EnvelopeDecoderOptions } from '../codec/envelope.js';
import { type PartTarget, SegmentDecoder } from '../codec/segment.js';
import { ProtocolError } from '../errors.js';
import { together } from '../together.js';

/** How the bytes of a connection are framed: bare envelopes, or from some envelope on, segments that hold them. */
export interface Framing {
  /** Protocol v5: true after READY or AUTHENTICATE. May turn true while the chunk that brought it is being read. */
  segmented: boolean;
  /** Set when STARTUP asks for it: v4 compresses the bodies of envelopes, which the other side may do from then on, v5 segments. */
  compression: Compression | undefined;
}

/** The other side agreed on protocol v5, and yet goes on without its segments. Some servers do. */
export class SegmentsMissingError extends ProtocolError {
  constructor(cause: unknown) {
    super('The server agreed on protocol v5 but does not frame its responses so: set protocolVersion to 4.', { cause });
  }
}

function goesOnBehind(): ProtocolError {
  return new ProtocolError('A segment with the end of an envelope that spans several goes on behind it.');
}

/**
 * Bytes, however chunked, to envelopes. Errors with a `ProtocolError` when the bytes are none, or damaged: from then on
 * nothing that the connection brings can be trusted.
 */
export function decodeEnvelopes(
  framing: Framing,
  options: EnvelopeDecoderOptions,
): OperatorFunction<Uint8Array, Envelope> {
  return (source) =>
    new Observable((subscriber) => {
      const envelopes = new EnvelopeDecoder(options);
      let segments: SegmentDecoder | undefined;
      const emit = (envelope: Envelope): void =>
        subscriber.next(decompressEnvelope(envelope, framing.compression, options.maxBodyLength));

      const readPayload = (buffer: Buffer, start: number, end: number, selfContained: boolean): void => {
        if (selfContained && envelopes.isPartial) {
          throw new ProtocolError('A self-contained segment came in the middle of an envelope that spans several.');
        }
        let at = start;
        while (at < end && !subscriber.closed) {
          at = selfContained ? envelopes.read(buffer, at, end, emit) : envelopes.readCopy(buffer, at, end, emit);
          if (!selfContained && at < end && !envelopes.isPartial) throw goesOnBehind();
        }
        if (selfContained && envelopes.isPartial) {
          throw new ProtocolError('A self-contained segment ends in the middle of an envelope.');
        }
      };

      const parts: PartTarget = {
        place: (length, chunk, at, end) => envelopes.place(length, chunk, at, end),
        placed: (length) => {
          if (envelopes.placed(length, emit) > 0) throw goesOnBehind();
        },
      };

      const readChunk = (chunk: Buffer): void => {
        let at = 0;
        // One at a time: what an envelope says may change how the bytes behind it are framed.
        while (at < chunk.length && !subscriber.closed) {
          if (framing.segmented) {
            segments ??= new SegmentDecoder(framing.compression);
            at = segments.read(chunk, at, chunk.length, readPayload, parts);
          } else {
            at = envelopes.read(chunk, at, chunk.length, emit);
          }
        }
      };

      return source.subscribe({
        next: (bytes) => {
          const chunk = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
          try {
            together(() => readChunk(chunk));
          } catch (error) {
            subscriber.error(segments?.isFresh === true ? new SegmentsMissingError(error) : error);
          }
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}
