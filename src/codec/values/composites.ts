import { BindError } from '../../errors.js';
import { getOwn, templateOf } from '../own.js';
import { printable, quoted, shortened } from '../printable.js';
import type { ValueCodec } from '../value.js';
import { Elements, writeField } from './element.js';
import { isIterable } from './is-iterable.js';
import { isPlainObject } from './is-plain-object.js';
import { misfit, within } from './misfit.js';
import { countMissing } from './missing-fields.js';

/** `[tuple]`: `<bytes>` of each element (v5, section 6.24). Fewer than the type has are legal: the rest is null. */
export function tuple(elements: readonly ValueCodec[]): ValueCodec {
  const expected = `an Array of at most ${elements.length} elements`;
  return {
    decode: (buffer, start, end) => {
      if (end === start) return null;
      const values = new Elements(buffer, start, end);
      const array: unknown[] = [];
      while (array.length < elements.length && !values.isAtEnd) array.push(values.next(elements[array.length]!));
      if (array.length < elements.length) {
        countMissing(elements.length - array.length);
        while (array.length < elements.length) array.push(null);
      }
      values.checkEnd();
      return array;
    },
    encode: (writer, value) => {
      if (!Array.isArray(value) || value.length > elements.length) throw misfit(expected, value);
      for (let i = 0; i < elements.length; i++) {
        try {
          writeField(writer, elements[i]!, value[i]);
        } catch (error) {
          throw within(`element ${i}`, error);
        }
      }
    },
  };
}

export interface FieldCodec {
  readonly name: string;
  readonly codec: ValueCodec;
}

/**
 * `[udt]`: `<bytes>` of each field (v5, section 6.25). Values older than a field lack it: null. Fields that were added since the
 * type was described are left out.
 */
export function udt(name: string, fields: readonly FieldCodec[]): ValueCodec {
  const names = new Set(fields.map((field) => field.name));
  const template = templateOf([...names]);
  const shownName = printable(shortened(name));
  const fieldNames = printable(shortened([...names].join(', ')));
  // What keeps its contents elsewhere, as a Map or a Date does, would be written as if all fields were missing.
  const hasFields = (value: object): boolean =>
    !isIterable(value) && (isPlainObject(value) || fields.some((field) => field.name in value));
  return {
    decode: (buffer, start, end) => {
      if (end === start) return null;
      const values = new Elements(buffer, start, end);
      const object = { ...template };
      for (let i = 0; i < fields.length; i++) {
        if (values.isAtEnd) {
          countMissing(fields.length - i);
          break;
        }
        const field = fields[i]!;
        object[field.name] = values.next(field.codec);
      }
      return object;
    },
    encode: (writer, value) => {
      if (typeof value !== 'object' || value === null || !hasFields(value)) {
        throw misfit(`an object with the fields of ${shownName}`, value);
      }
      for (const key of Object.keys(value)) {
        // Which one it is would be told by a part of the value.
        if (!names.has(key)) throw new BindError(`the type ${shownName} has no fields but ${fieldNames}`);
      }
      for (const field of fields) {
        try {
          writeField(writer, field.codec, getOwn(value, field.name));
        } catch (error) {
          throw within(`the field ${quoted(field.name)}`, error);
        }
      }
    },
  };
}
