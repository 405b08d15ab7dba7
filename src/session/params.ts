import { isObservable } from 'rxjs';
import { isPlainObject } from '../codec/values/is-plain-object.js';
import { ConfigurationError } from '../errors.js';
import type { Params } from './bind.js';

/** Objects that stand for one value, by what they say of themselves: nobody means the properties that they may have. */
const SINGLE_VALUES =
  /^\[object (Date|Error|RegExp|Promise|Boolean|Number|BigInt|Symbol|(Shared)?ArrayBuffer|DataView)\]$/;

/** Whether it can be parameters: a Map, a Buffer or a Date would be read as an object without any of its values. */
export function areParams(params: unknown): params is Params {
  if (Array.isArray(params)) return true;
  if (typeof params !== 'object' || params === null || Symbol.iterator in params) return false;
  // An instance of a class may be a row or an entity, whose values are its accessors.
  return isPlainObject(params) || !isSingleValue(params);
}

/** @throws ConfigurationError for what cannot be parameters. */
export function checkParams(params: unknown): void {
  if (!areParams(params)) throw new ConfigurationError('Parameters are an array, or an object by name.');
}

/** The values as they are now: whoever gave them may change them. */
export function copyOfParams(params: Params): Params {
  if (Array.isArray(params)) return [...(params as readonly unknown[])];
  // Of an object with a class, what its accessors give cannot be copied.
  return isPlainObject(params) ? { ...params } : params;
}

function isSingleValue(object: object): boolean {
  return (
    SINGLE_VALUES.test(Object.prototype.toString.call(object)) ||
    typeof (object as Partial<PromiseLike<unknown>>).then === 'function' ||
    isObservable(object)
  );
}
