/** Whether a value has items. A string has characters, which are hardly meant. */
export function isIterable(value: unknown): value is Iterable<unknown> {
  if (Array.isArray(value)) return true;
  if (typeof value === 'string' || value instanceof String) return false;
  return typeof (value as Iterable<unknown> | null | undefined)?.[Symbol.iterator] === 'function';
}
