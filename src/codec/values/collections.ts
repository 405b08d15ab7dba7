import { DecodeError } from '../../errors.js';
import type { ValueCodec } from '../value.js';
import { Elements, writeElement } from './element.js';
import { isIterable } from './is-iterable.js';
import { isPlainObject } from './is-plain-object.js';
import { LowHalves } from './low-halves.js';
import { misfit, within } from './misfit.js';
import { replayable } from './replay.js';
import { text } from './text.js';

// [list] and [set]: <n int> n x <bytes>; [map]: <n int> n x (<bytes> <bytes>). v5, sections 6.9 to 6.11.

// What is different to the server may be the same in JavaScript, above all 0 and -0. Nothing is left out because of that.
const LOST_ELEMENT =
  "two of its elements are one in a Set, as 0 and -0 are: ask for Arrays by the option `set: 'array'`";
const LOST_KEY = 'two of its keys are one in JavaScript, as 0 and -0 are: a codec for their type can tell them apart';

export function list(element: ValueCodec): ValueCodec {
  return {
    decode: (buffer, start, end) => {
      if (end === start) return null;
      const elements = new Elements(buffer, start, end);
      const count = elements.count(4);
      const array: unknown[] = [];
      for (let i = 0; i < count; i++) array.push(elements.next(element));
      elements.checkEnd();
      return array;
    },
    encode: sequence('an Array or another iterable', element),
  };
}

export function set(element: ValueCodec): ValueCodec {
  return {
    decode: (buffer, start, end) => {
      if (end === start) return null;
      const elements = new Elements(buffer, start, end);
      const count = elements.count(4);
      const result = new Set<unknown>();
      const lows = mayBeLong(element) ? new LowHalves() : undefined;
      for (let i = 0; i < count; i++) {
        const item = elements.next(element);
        lows?.add(item);
        result.add(item);
      }
      elements.checkEnd();
      if (result.size !== count) throw new DecodeError(LOST_ELEMENT);
      return result;
    },
    encode: sequence('a Set or another iterable', element),
  };
}

/** Whether values may be integers of more than 64 bits: not if all have one length, or are text. */
function mayBeLong(codec: ValueCodec): boolean {
  return codec.fixed === undefined && codec !== text;
}

function sequence(expected: string, element: ValueCodec): ValueCodec['encode'] {
  return (writer, value) => {
    if (!isIterable(value)) throw misfit(expected, value);
    const mark = writer.reserve();
    let count = 0;
    try {
      for (const item of replayable(value)) {
        writeElement(writer, element, item);
        count++;
      }
    } catch (error) {
      throw within(`element ${count}`, error);
    }
    writer.patchI32(mark, count);
  };
}

/** Read as a Map. @param takesObjects Whether an object with keys and values is taken too. */
export function map(key: ValueCodec, value: ValueCodec, takesObjects: boolean): ValueCodec {
  return {
    decode: (buffer, start, end) => {
      if (end === start) return null;
      const elements = new Elements(buffer, start, end);
      const count = elements.count(8);
      const result = new Map<unknown, unknown>();
      const lows = mayBeLong(key) ? new LowHalves() : undefined;
      for (let i = 0; i < count; i++) {
        const name = elements.next(key);
        lows?.add(name);
        result.set(name, elements.next(value));
      }
      elements.checkEnd();
      if (result.size !== count) throw new DecodeError(LOST_KEY);
      return result;
    },
    encode: entries(key, value, takesObjects),
  };
}

/** Read as an object without a prototype, in which no name means anything but itself. */
export function objectMap(key: ValueCodec, value: ValueCodec): ValueCodec {
  return {
    decode: (buffer, start, end) => {
      if (end === start) return null;
      const elements = new Elements(buffer, start, end);
      const count = elements.count(8);
      const result = Object.create(null) as Record<string, unknown>;
      for (let i = 0; i < count; i++) {
        const given = elements.next(key) as string | number | bigint | null;
        if (given === null) throw new DecodeError('a key is null, which is no name of a property');
        const name = String(given);
        if (name in result) throw new DecodeError(LOST_KEY);
        result[name] = elements.next(value);
      }
      elements.checkEnd();
      return result;
    },
    encode: entries(key, value, true),
  };
}

function entries(key: ValueCodec, value: ValueCodec, takesObjects: boolean): ValueCodec['encode'] {
  const expected = `a Map or another iterable of pairs${takesObjects ? ', or a plain object' : ''}`;
  return (writer, given) => {
    const mark = writer.reserve();
    let count = 0;
    const source = pairs(given, takesObjects, expected);
    try {
      for (const pair of source) {
        if (!Array.isArray(pair) || pair.length !== 2) throw misfit('a pair of a key and a value', pair);
        writeElement(writer, key, pair[0]);
        writeElement(writer, value, pair[1]);
        count++;
      }
    } catch (error) {
      throw within(`entry ${count}`, error);
    }
    writer.patchI32(mark, count);
  };
}

function pairs(given: unknown, takesObjects: boolean, expected: string): Iterable<unknown> {
  if (isIterable(given)) return replayable(given);
  if (takesObjects && isPlainObject(given)) return Object.entries(given);
  throw misfit(expected, given);
}
