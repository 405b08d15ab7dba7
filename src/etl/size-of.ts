/** What goes with each value of a request: its length, and about what rows have besides. */
const AROUND = 9;

/** About how many bytes a value has on the wire. */
export function sizeOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return Buffer.byteLength(value);
    case 'object':
      break;
    default:
      return 8;
  }
  if (value === null) return 0;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof Date) return 8;
  let size = 0;
  const parts = Symbol.iterator in value ? (value as Iterable<unknown>) : Object.values(value);
  for (const part of parts) size += AROUND + sizeOf(part);
  return size;
}
