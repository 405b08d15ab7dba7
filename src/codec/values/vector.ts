import { DecodeError } from '../../errors.js';
import { getF32, LOW_HALF } from '../reader.js';
import type { Decoder, Encoder, ValueCodec } from '../value.js';
import type { Writer } from '../writer.js';
import { float } from './floats.js';
import { isIterable } from './is-iterable.js';
import { misfit, within } from './misfit.js';
import { replayable } from './replay.js';
import { readUnsignedVint } from './vint.js';

// A vector is its elements and nothing else: their number is part of the type, and none is null. Elements that are all of
// one length follow each other; others have theirs before them, as an [unsigned vint]. Cassandra's VectorType.

/** Read as an Array. @param fixedLength Of every element, in bytes; undefined where they differ. */
export function vector(element: ValueCodec, dimensions: number, fixedLength: number | undefined): ValueCodec {
  return fixedLength === undefined
    ? {
        decode: decodeVariable(element.decode, dimensions),
        encode: encodeElements(dimensions, (writer, value) => {
          const mark = writer.reserveVint();
          element.encode(writer, value);
          writer.patchVint(mark);
        }),
      }
    : {
        decode: decodeFixed(element.decode, dimensions, fixedLength),
        encode: encodeElements(dimensions, element.encode),
      };
}

/** Of floats, read as a Float32Array. */
export function floatVector(dimensions: number): ValueCodec {
  const encodeOthers = encodeElements(dimensions, float.encode);
  return {
    decode: (buffer, start, end) => {
      if (end === start) return null;
      checkLength(end - start, 4 * dimensions);
      const array = new Float32Array(dimensions);
      if (dimensions < LONG_VECTOR) {
        for (let i = 0; i < dimensions; i++) array[i] = getF32(buffer, start + 4 * i);
      } else {
        const copy = bytesOf(array);
        buffer.copy(copy, 0, start, end);
        turnFloats(copy);
      }
      return array;
    },
    encode: (writer, value) => {
      if (value instanceof Float32Array && value.length === dimensions) {
        const at = writer.claim(4 * dimensions);
        const target = writer.target.subarray(at, at + 4 * dimensions);
        target.set(bytesOf(value));
        turnFloats(target);
      } else {
        encodeOthers(writer, value);
      }
    },
  };
}

/** From so many floats on, to copy all and turn them around is faster than to read one by one. */
const LONG_VECTOR = 16;

function bytesOf(floats: Float32Array): Buffer {
  return Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);
}

/** From the order of bytes of this machine to that of the protocol, or back. */
function turnFloats(bytes: Buffer): void {
  if (LOW_HALF === 0) bytes.swap32();
}

function checkLength(actual: number, expected: number): void {
  if (actual !== expected) throw new DecodeError(`expected a vector of ${expected} bytes, got ${actual}`);
}

function decodeFixed(decode: Decoder, dimensions: number, length: number): Decoder {
  return (buffer, start, end) => {
    if (end === start) return null;
    checkLength(end - start, length * dimensions);
    const array: unknown[] = [];
    for (let at = start; at < end; at += length) array.push(decode(buffer, at, at + length));
    return array;
  };
}

function decodeVariable(decode: Decoder, dimensions: number): Decoder {
  return (buffer, start, end) => {
    if (end === start) return null;
    const array: unknown[] = [];
    let at = start;
    for (let i = 0; i < dimensions; i++) {
      let length = at < end ? buffer[at]! : 0x80;
      let from = at + 1;
      // Most lengths have one byte, whose first bit says so.
      if (length >= 0x80) {
        const vint = readUnsignedVint(buffer, at, end);
        length = Number(vint.value);
        from = vint.next;
      }
      if (length > end - from) throw new DecodeError('an element of a vector ends beyond its value');
      at = from + length;
      array.push(decode(buffer, from, at));
    }
    if (at !== end) throw new DecodeError(`a vector of ${dimensions} elements is followed by more bytes`);
    return array;
  };
}

function encodeElements(dimensions: number, encode: Encoder): Encoder {
  const expected = `an Array or another iterable of exactly ${dimensions} elements`;
  return (writer, value) => {
    if (!isIterable(value)) throw misfit(expected, value);
    let count = 0;
    try {
      for (const item of replayable(value)) {
        // One too many is enough to know: there may be no end to them.
        if (++count > dimensions) break;
        writeItem(writer, encode, item);
      }
    } catch (error) {
      throw within(`element ${count - 1}`, error);
    }
    if (count !== dimensions) throw misfit(expected, value);
  };
}

function writeItem(writer: Writer, encode: Encoder, item: unknown): void {
  if (item === null || item === undefined) throw misfit('an element that is not null, which no vector holds', item);
  encode(writer, item);
}
