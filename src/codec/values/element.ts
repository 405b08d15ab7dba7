import { DecodeError } from '../../errors.js';
import { getI32 } from '../reader.js';
import type { ValueCodec } from '../value.js';
import type { Writer } from '../writer.js';
import { misfit } from './misfit.js';

/** Walks the `[bytes]` of which collections, tuples and user-defined types consist, never past their end. */
export class Elements {
  private readonly buffer: Buffer;
  private readonly end: number;
  private position: number;

  constructor(buffer: Buffer, start: number, end: number) {
    this.buffer = buffer;
    this.position = start;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.position >= this.end;
  }

  /** Refuses bytes behind the last element: the server stores no such value. */
  checkEnd(): void {
    if (this.position !== this.end) throw new DecodeError('a value goes on behind its last element');
  }

  /** The number of elements, refused if `each` bytes for every one cannot be there. */
  count(each: number): number {
    const count = this.int();
    if (count < 0 || count * each > this.end - this.position) {
      throw new DecodeError(`a collection announces ${count} elements, more than its bytes can hold`);
    }
    return count;
  }

  /** The next element, null if its length is negative. */
  next(codec: ValueCodec): unknown {
    const length = this.int();
    if (length < 0) return null;
    const start = this.position;
    if (length > this.end - start) throw new DecodeError('an element ends beyond its value');
    this.position = start + length;
    return codec.decode(this.buffer, start, start + length);
  }

  private int(): number {
    if (this.end - this.position < 4) throw new DecodeError('a value ends too early');
    const value = getI32(this.buffer, this.position);
    this.position += 4;
    return value;
  }
}

/** Writes an element of a collection, which has no null and no unset. */
export function writeElement(writer: Writer, codec: ValueCodec, value: unknown): void {
  if (value === null || value === undefined)
    throw misfit('an element that is not null, which no collection holds', value);
  const mark = writer.reserve();
  codec.encode(writer, value);
  writer.patchLength(mark);
}

/** Writes a field of a tuple or user-defined type, where what is missing is null. */
export function writeField(writer: Writer, codec: ValueCodec, value: unknown): void {
  if (value === null || value === undefined) writer.i32(-1);
  else writeElement(writer, codec, value);
}
