import { BindError } from '../errors.js';
import type { Stamp } from './stamp.js';

/** A run of bytes inside a larger buffer. Kept instead of a `subarray`, which costs more than the write it describes. */
export interface Slice {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

/** The whole of some bytes. */
export function sliceOf({ buffer, byteOffset, length }: Uint8Array): Slice {
  return { buffer: Buffer.from(buffer, byteOffset, length), start: 0, end: length };
}

/** Small enough that a slow request pins little memory, large enough that allocating it is rare. */
const CHUNK_SIZE = 64 * 1024;

/** Before the first message, and behind one that was too large to share its chunk. */
const NO_CHUNK: Buffer = Buffer.alloc(0);

/**
 * An arena: messages are written one after another into a chunk that grows by being replaced. A message is contiguous;
 * it stays valid for as long as somebody holds its {@link Slice}, since a chunk is never written twice. Of a large one, nothing
 * is kept for the next, and no small one keeps it in memory.
 *
 * Lengths that are known only afterwards are left open by {@link reserve} and filled in by the `patch…` methods.
 */
export class Writer {
  private buffer: Buffer = NO_CHUNK;
  private view: DataView = viewOf(this.buffer);
  private start = 0;
  private position = 0;
  private busy = false;
  private readonly limit: number;

  /** @param limit The most bytes of a message; one that grows beyond is a `BindError`. At least 64 KiB. */
  constructor(limit = 0x7fffffff) {
    this.limit = limit;
  }

  /**
   * Writes one message behind `headroom` bytes, which are left for whoever frames it. What `body` throws is thrown on, and
   * nothing of the message remains.
   *
   * @param argument What `body` is called with besides.
   */
  encode(headroom: number, body: (writer: Writer) => void): Slice;
  encode<T>(headroom: number, body: (writer: Writer, argument: T) => void, argument: T): Slice;
  encode<T>(headroom: number, body: (writer: Writer, argument: T) => void, argument?: T): Slice {
    // Values may be read through a user's iterator or accessor, which may well make a request of its own meanwhile.
    if (this.busy) return new Writer(this.limit).encode(headroom, body, argument as T);
    this.busy = true;
    this.start = this.position;
    try {
      this.ensure(headroom);
      this.position += headroom;
      body(this, argument as T);
      this.checkLength(0);
      return { buffer: this.buffer, start: this.start, end: this.position };
    } catch (error) {
      this.position = this.start;
      throw error;
    } finally {
      if (this.buffer.length > CHUNK_SIZE) this.leaveChunk();
      this.busy = false;
    }
  }

  /** The next message begins another. */
  private leaveChunk(): void {
    this.buffer = NO_CHUNK;
    this.view = viewOf(NO_CHUNK);
    this.position = 0;
  }

  u8(value: number): void {
    this.ensure(1);
    this.buffer[this.position++] = value;
  }

  u16(value: number): void {
    this.ensure(2);
    const { buffer } = this;
    buffer[this.position++] = value >>> 8;
    buffer[this.position++] = value;
  }

  i32(value: number): void {
    this.ensure(4);
    this.view.setInt32(this.position, value);
    this.position += 4;
  }

  i64(value: bigint): void {
    this.ensure(8);
    this.view.setBigInt64(this.position, value);
    this.position += 8;
  }

  /** The same for an integer that a number holds exactly, at a fraction of the price of a bigint. */
  safeI64(value: number): void {
    this.ensure(8);
    this.view.setInt32(this.position, Math.floor(value / 0x100000000));
    this.view.setInt32(this.position + 4, value);
    this.position += 8;
  }

  f32(value: number): void {
    this.ensure(4);
    this.view.setFloat32(this.position, value);
    this.position += 4;
  }

  f64(value: number): void {
    this.ensure(8);
    this.view.setFloat64(this.position, value);
    this.position += 8;
  }

  bytes(value: Uint8Array): void {
    const { length } = value;
    this.ensure(length);
    const { buffer, position } = this;
    if (length > SHORT_BYTES) buffer.set(value, position);
    else for (let i = 0; i < length; i++) buffer[position + i] = value[i]!;
    this.position += length;
  }

  /** Writes the bytes of a stamp. */
  stamp({ words, length }: Stamp): void {
    // The zeros at its end are written over by what follows.
    const padded = words.byteLength;
    this.ensure(padded);
    const { view, position } = this;
    for (let i = 0; i < padded; i += 4) view.setInt32(position + i, words.getInt32(i));
    this.position += length;
  }

  /** Room for `count` bytes, to be filled at once: they are those of {@link target} from the returned place on. */
  claim(count: number): number {
    this.ensure(count);
    const at = this.position;
    this.position += count;
    return at;
  }

  /** Where {@link claim}ed bytes lie; another one as soon as anything else is written. */
  get target(): Buffer {
    return this.buffer;
  }

  /** Writes text as UTF-8 without a length; returns the number of bytes. @throws BindError if UTF-8 cannot hold it. */
  utf8(text: string): number {
    // Three bytes are the most that one UTF-16 unit can need; long text is measured rather than over-allocated.
    this.ensure(text.length < 1024 ? text.length * 3 : Buffer.byteLength(text));
    const from = this.position;
    if (text.length > SHORT_TEXT || !this.ascii(text)) {
      if (!isWellFormed(text)) throw new BindError(LONE_SURROGATE);
      this.position = from + this.buffer.write(text, from, 'utf8');
    }
    return this.position - from;
  }

  /** A loop beats the call into native code only while the text is short and plain. */
  private ascii(text: string): boolean {
    const { buffer } = this;
    const from = this.position;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return false;
      buffer[from + i] = unit;
    }
    this.position = from + text.length;
    return true;
  }

  /** Leaves an `int` open; returns where it is, for {@link patchLength}. */
  reserve(): number {
    this.ensure(4);
    this.position += 4;
    return this.position - this.start;
  }

  /** Fills the `int` left by {@link reserve} with the number of bytes written since. */
  patchLength(mark: number): void {
    const at = this.start + mark;
    this.view.setInt32(at - 4, this.position - at);
  }

  /** Fills the `int` left by {@link reserve} with a count. */
  patchI32(mark: number, value: number): void {
    this.view.setInt32(this.start + mark - 4, value);
  }

  /** Leaves an `[unsigned vint]` open; returns where what it counts begins, for {@link patchVint}. */
  reserveVint(): number {
    this.ensure(1);
    this.position++;
    return this.position - this.start;
  }

  /** Fills the vint left by {@link reserveVint} with the number of bytes written since, which move if it takes several. */
  patchVint(mark: number): void {
    const length = this.position - this.start - mark;
    const extra = length < 1 << 7 ? 0 : length < 1 << 14 ? 1 : length < 1 << 21 ? 2 : length < 1 << 28 ? 3 : 4;
    this.ensure(extra);
    const { buffer } = this;
    const at = this.start + mark;
    if (extra > 0) buffer.copyWithin(at + extra, at, this.position);
    for (let i = 0; i < extra; i++) buffer[at + i] = length >>> (8 * (extra - 1 - i));
    buffer[at - 1] = (0xff00 >> extra) | (extra < 4 ? length >>> (8 * extra) : 0);
    this.position += extra;
  }

  private ensure(count: number): void {
    if (this.position + count > this.buffer.length) this.grow(count);
  }

  /** The length of the message so far, to which `count` bytes are to be added. */
  private checkLength(count: number): number {
    const written = this.position - this.start;
    if (written + count > this.limit) {
      throw new BindError(`The request has more than ${this.limit} bytes, the most that is sent.`);
    }
    return written;
  }

  private grow(count: number): void {
    const written = this.checkLength(count);
    const next = Buffer.allocUnsafeSlow(Math.max(CHUNK_SIZE, 2 * written + count));
    this.buffer.copy(next, 0, this.start, this.position);
    this.buffer = next;
    this.view = viewOf(next);
    this.start = 0;
    this.position = written;
  }
}

/** A loop beats the call into native code, which costs as much as 36 characters, wherever they come from. */
const SHORT_TEXT = 36;

/** A loop beats the call into native code while there are few: an id has 16. */
const SHORT_BYTES = 24;

/** UTF-8 has no place for it: it would be written as U+FFFD, and come back as that. */
const LONE_SURROGATE = 'expected text that UTF-8 can hold, got a string with half of a surrogate pair';

/** Node has it; TypeScript knows it from ES2024 on. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** Big-endian, where no `DataView` is at hand. */
export function putI32(buffer: Buffer, at: number, value: number): void {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
}
