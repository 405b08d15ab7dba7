import type { Socket } from 'node:net';
import { sealSegment, TRAILER_LENGTH } from '../../../src/codec/segment.js';
import { MAX_PAYLOAD, SEGMENT_HEADER_LENGTH } from '../../../src/codec/segment-header.js';
import type { Canned } from './canned.js';

const BLOCK = 1024 * 1024;

/** What one client is sent: envelopes, on v5 in segments, as many as there are of them in one write. */
export class Output {
  private readonly socket: Socket;
  private isSegmented = false;
  private block: Buffer = Buffer.allocUnsafeSlow(BLOCK);
  /** Where what is not written yet begins, and where the segment that is open. */
  private from = 0;
  private segment = 0;
  private end = 0;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** From now on. */
  useSegments(): void {
    this.flush();
    this.isSegmented = true;
    this.open();
  }

  put({ head, tail }: Canned): void {
    if (tail.length > 0) {
      this.close();
      this.append(head);
      // To copy what never changes would take longer than to send it.
      this.socket.cork();
      this.write();
      for (const part of tail) this.socket.write(part);
      this.socket.uncork();
      this.open();
      return;
    }
    if (this.isSegmented && this.end - this.segment + head.length > MAX_PAYLOAD) {
      this.close();
      this.open();
    }
    this.append(head);
  }

  flush(): void {
    this.close();
    this.write();
    this.open();
  }

  private write(): void {
    if (this.end > this.from) this.socket.write(this.block.subarray(this.from, this.end));
    this.from = this.end;
  }

  private append(bytes: Buffer): void {
    this.reserve(bytes.length);
    bytes.copy(this.block, this.end);
    this.end += bytes.length;
  }

  /** What was written is the socket's: what is not yet moves on to another block when this one is full. */
  private reserve(length: number): void {
    if (this.end + length + TRAILER_LENGTH + SEGMENT_HEADER_LENGTH <= this.block.length) return;
    const pending = this.end - this.from;
    const block = Buffer.allocUnsafeSlow(Math.max(BLOCK, 2 * (pending + length)));
    this.block.copy(block, 0, this.from, this.end);
    this.segment -= this.from;
    this.end = pending;
    this.from = 0;
    this.block = block;
  }

  private open(): void {
    if (!this.isSegmented) return;
    this.reserve(0);
    this.end += SEGMENT_HEADER_LENGTH;
    this.segment = this.end;
  }

  private close(): void {
    if (!this.isSegmented) return;
    const length = this.end - this.segment;
    const at = this.segment - SEGMENT_HEADER_LENGTH;
    this.end = length === 0 ? at : sealSegment(this.block, at, length, true);
  }
}
