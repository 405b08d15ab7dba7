import type { Socket } from 'node:net';
import { HEADER_LENGTH, Opcode } from '../../../src/codec/envelope.js';
import { TRAILER_LENGTH } from '../../../src/codec/segment.js';
import { MAX_PAYLOAD, SEGMENT_HEADER_LENGTH } from '../../../src/codec/segment-header.js';
import { Output } from './output.js';
import type { Statements } from './statements.js';

/**
 * One client of the canned server. Its requests are read with as little work as there can be, without a look at checksums, and
 * what a chunk of them has asked for leaves in one write.
 */
export class CannedConnection {
  private readonly statements: Statements;
  private readonly output: Output;
  private isSegmented = false;
  private rest: Buffer | undefined;

  constructor(socket: Socket, statements: Statements) {
    this.statements = statements;
    this.output = new Output(socket);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    // Who measures leaves when it is done.
    socket.on('error', () => undefined);
  }

  private receive(chunk: Buffer): void {
    const bytes = this.rest === undefined ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    for (let next = this.read(bytes, at); next > at; next = this.read(bytes, at)) at = next;
    this.rest = at === bytes.length ? undefined : bytes.subarray(at);
    this.output.flush();
  }

  private read(bytes: Buffer, at: number): number {
    return this.isSegmented ? this.readSegment(bytes, at) : this.readEnvelope(bytes, at, bytes.length);
  }

  private readSegment(bytes: Buffer, at: number): number {
    if (bytes.length - at < SEGMENT_HEADER_LENGTH) return at;
    const start = at + SEGMENT_HEADER_LENGTH;
    const end = start + (bytes.readUIntLE(at, 3) & MAX_PAYLOAD);
    if (bytes.length < end + TRAILER_LENGTH) return at;
    for (let from = start; from < end;) {
      const next = this.readEnvelope(bytes, from, end);
      if (next === from) throw new Error('The canned server takes no request that is larger than a segment.');
      from = next;
    }
    return end + TRAILER_LENGTH;
  }

  private readEnvelope(bytes: Buffer, at: number, end: number): number {
    if (end - at < HEADER_LENGTH) return at;
    const next = at + HEADER_LENGTH + bytes.readInt32BE(at + 5);
    if (next > end) return at;
    const opcode = bytes[at + 4]!;
    const executed = opcode === Opcode.EXECUTE ? this.statements.execute(bytes, at) : undefined;
    this.output.put(executed ?? this.statements.answer(bytes, at, next));
    if (opcode === Opcode.STARTUP && bytes[at] === 5) {
      this.isSegmented = true;
      this.output.useSegments();
    }
    return next;
  }
}
