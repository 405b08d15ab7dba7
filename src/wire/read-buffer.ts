/** What a socket begins with: enough for the answers of a node that is asked little. */
const LEAST = 8 * 1024;

/** What one that is busy ends with: whoever keeps an answer that was not read yet keeps as much in memory. */
const MOST = 128 * 1024;

/** The most that is read at a time. */
const MAX_READ = 64 * 1024;

/** By how much it grows when a read has filled all its room. */
const GROWTH = 4;

/**
 * The memory that one socket reads into, one read behind the other: what was read stays as it was, for as long as somebody holds it. Left to
 * itself, Node takes 64 KiB for each read and gives most of it back.
 */
export class ReadBuffer {
  private memory: Buffer = Buffer.allocUnsafeSlow(LEAST);
  private start = 0;
  private end = 0;
  private isTooSmall = false;

  /** Room for the next read. */
  room(): Buffer {
    const { length } = this.memory;
    if (this.isTooSmall) this.begin(length * GROWTH);
    else if (length - this.start < Math.min(length / 2, MAX_READ)) this.begin(length);
    this.end = Math.min(this.start + MAX_READ, this.memory.length);
    return this.memory.subarray(this.start, this.end);
  }

  /** The bytes that have come into the room that was asked for last. */
  take(count: number): Buffer {
    const { start } = this;
    this.start += count;
    this.isTooSmall = this.start === this.end && this.memory.length < MOST;
    return this.memory.subarray(start, this.start);
  }

  private begin(length: number): void {
    this.memory = Buffer.allocUnsafeSlow(length);
    this.start = 0;
  }
}
