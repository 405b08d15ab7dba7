import { ProtocolError } from '../errors.js';
import { getI32, getU16 } from './reader.js';
import { putI32, type Slice } from './writer.js';

/** The versions of the native protocol that are spoken here. */
export type ProtocolVersion = 4 | 5;

/** What an envelope is for (v5, section 2.2.4). */
export const Opcode = {
  ERROR: 0x00,
  STARTUP: 0x01,
  READY: 0x02,
  AUTHENTICATE: 0x03,
  OPTIONS: 0x05,
  SUPPORTED: 0x06,
  QUERY: 0x07,
  RESULT: 0x08,
  PREPARE: 0x09,
  EXECUTE: 0x0a,
  REGISTER: 0x0b,
  EVENT: 0x0c,
  BATCH: 0x0d,
  AUTH_CHALLENGE: 0x0e,
  AUTH_RESPONSE: 0x0f,
  AUTH_SUCCESS: 0x10,
} as const;

/** Flags of an envelope (v5, section 2.2.2). */
export const EnvelopeFlag = {
  COMPRESSION: 0x01,
  TRACING: 0x02,
  CUSTOM_PAYLOAD: 0x04,
  WARNING: 0x08,
  BETA: 0x10,
} as const;

/** The bytes before the body of every envelope. */
export const HEADER_LENGTH = 9;

/** The direction bit of the version byte: set in what a server sends. */
const RESPONSE = 0x80;

/** A response, its body still bytes: `buffer` from `start` to `end`. */
export interface Envelope {
  readonly version: number;
  readonly flags: number;
  readonly streamId: number;
  readonly opcode: number;
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * Writes the header of a request, of which the body follows.
 *
 * ```
 * <version u8> <flags u8> <stream id i16> <opcode u8> <length i32>
 * ```
 */
export function putHeader(
  buffer: Buffer,
  at: number,
  version: ProtocolVersion,
  flags: number,
  streamId: number,
  opcode: number,
  bodyLength: number,
): void {
  buffer[at] = version;
  buffer[at + 1] = flags;
  buffer[at + 2] = streamId >>> 8;
  buffer[at + 3] = streamId;
  buffer[at + 4] = opcode;
  putI32(buffer, at + 5, bodyLength);
}

export interface EnvelopeDecoderOptions {
  /** The largest body that is accepted, in bytes: checked from the header alone. */
  maxBodyLength: number;
  /** What the first byte of an envelope may be; anything else is not CQL, or another version of it. */
  accepts(version: number): boolean;
}

/** Up to this size an announced length is believed, and up to what has come whole before; beyond it memory grows with what was received. */
const TRUSTED_LENGTH = 512 * 1024;

/**
 * Cuts a sequence of bytes, however chunked, into envelopes. An envelope that arrives whole is passed on as it lies in its
 * chunk; one that arrives in pieces is put together in a buffer that never is larger than 512 KiB, one that came before, or twice what was
 * received.
 */
export class EnvelopeDecoder {
  private readonly options: EnvelopeDecoderOptions;
  /** The envelope being put together: `filled` of `wanted` bytes, where `wanted` is only the header's until that is known. */
  private partial: Buffer = NOTHING;
  private filled = 0;
  private wanted = 0;
  private trusted = TRUSTED_LENGTH;

  constructor(options: EnvelopeDecoderOptions) {
    this.options = options;
  }

  /** Whether an envelope has been begun that is not complete. */
  get isPartial(): boolean {
    return this.filled > 0;
  }

  /** Reads at most one envelope from `chunk`, starting at `at`; `emit` gets it. Returns how far it read. */
  read(chunk: Buffer, at: number, end: number, emit: (envelope: Envelope) => void): number {
    if (this.filled === 0) {
      if (end - at < HEADER_LENGTH) {
        this.checkVersion(chunk, at);
        this.wanted = HEADER_LENGTH;
      } else {
        this.wanted = HEADER_LENGTH + this.bodyLength(chunk, at);
        if (end - at >= this.wanted) {
          const next = at + this.wanted;
          emit(envelopeAt(chunk, at, next));
          return next;
        }
      }
    }
    return this.collect(chunk, at, end, emit);
  }

  /** The same for a chunk that will be used again: what is passed on is a copy in any case. */
  readCopy(chunk: Buffer, at: number, end: number, emit: (envelope: Envelope) => void): number {
    if (this.filled === 0) this.wanted = HEADER_LENGTH;
    return this.collect(chunk, at, end, emit);
  }

  /** Memory for the next `length` bytes, of which those of `chunk` between `at` and `end` have come already. They count when {@link placed}. */
  place(length: number, chunk: Buffer, at: number, end: number): Slice {
    const { filled } = this;
    // Only a hint of how much it will be in the end: nothing of this has been verified yet.
    if (filled === 0)
      this.wanted = end - at < HEADER_LENGTH ? length : HEADER_LENGTH + Math.max(0, getI32(chunk, at + 5));
    this.reserve(filled + length);
    if (filled < HEADER_LENGTH) this.wanted = HEADER_LENGTH;
    return { buffer: this.partial, start: filled, end: filled + length };
  }

  /** The bytes that were given a place are there, and are what was sent. Returns how many of them lie behind the envelope. */
  placed(length: number, emit: (envelope: Envelope) => void): number {
    this.filled += length;
    if (this.filled < HEADER_LENGTH) return 0;
    if (this.wanted === HEADER_LENGTH) this.wanted += this.bodyLength(this.partial, 0);
    const behind = this.filled - this.wanted;
    if (behind >= 0) this.emitWhole(emit);
    return Math.max(0, behind);
  }

  private collect(chunk: Buffer, at: number, end: number, emit: (envelope: Envelope) => void): number {
    const until = Math.min(end, at + this.wanted - this.filled);
    this.reserve(this.filled + until - at);
    chunk.copy(this.partial, this.filled, at, until);
    this.filled += until - at;
    if (this.filled < this.wanted) return until;
    if (this.wanted === HEADER_LENGTH) {
      this.wanted += this.bodyLength(this.partial, 0);
      if (this.filled < this.wanted) return until;
    }
    this.emitWhole(emit);
    return until;
  }

  private emitWhole(emit: (envelope: Envelope) => void): void {
    const whole = this.partial;
    this.partial = NOTHING;
    this.filled = 0;
    this.trusted = Math.max(this.trusted, this.wanted);
    emit(envelopeAt(whole, 0, this.wanted));
  }

  private reserve(length: number): void {
    if (length <= this.partial.length) return;
    const capacity = Math.max(length, Math.min(this.wanted, Math.max(this.trusted, this.partial.length * 2)));
    const larger = Buffer.allocUnsafeSlow(capacity);
    this.partial.copy(larger, 0, 0, this.filled);
    this.partial = larger;
  }

  private bodyLength(buffer: Buffer, at: number): number {
    this.checkVersion(buffer, at);
    const length = getI32(buffer, at + 5);
    if (length < 0 || length > this.options.maxBodyLength) {
      throw new ProtocolError(
        `An envelope announces a body of ${length} bytes; ${this.options.maxBodyLength} is the most that is accepted.`,
      );
    }
    return length;
  }

  private checkVersion(buffer: Buffer, at: number): void {
    const byte = buffer[at]!;
    if ((byte & RESPONSE) === 0 || !this.options.accepts(byte & ~RESPONSE)) {
      throw new ProtocolError(`What was received is not CQL: an envelope cannot begin with ${quoteBytes(buffer, at)}.`);
    }
  }
}

const NOTHING: Buffer = Buffer.alloc(0);

function envelopeAt(buffer: Buffer, start: number, end: number): Envelope {
  return {
    version: buffer[start]! & ~RESPONSE,
    flags: buffer[start + 1]!,
    streamId: (getU16(buffer, start + 2) << 16) >> 16,
    opcode: buffer[start + 4]!,
    buffer,
    start: start + HEADER_LENGTH,
    end,
  };
}

/** The first bytes of something unexpected, fit for a message: plain text as text, anything else in hexadecimal. */
export function quoteBytes(buffer: Buffer, at: number): string {
  const bytes = buffer.subarray(at, at + 16);
  const line = /^[\x20-\x7e]{4,}/.exec(bytes.toString('latin1'));
  return line ? JSON.stringify(line[0]) : `0x${bytes.subarray(0, 8).toString('hex')}`;
}
