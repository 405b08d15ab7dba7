import type { CqlType } from '../../codec/type.js';
import { Decimal } from '../../codec/values/decimal.js';

const NUMBERS: ReadonlySet<string> = new Set('tinyint smallint int bigint varint float double decimal'.split(' '));

/**
 * Entries of a map that was an object, in the order of the server: an object has names that are whole numbers before all others. The
 * order matters in a user-defined type or tuple, which the server keeps and compares as it came.
 */
export function inOrder<V>({ kind }: CqlType, entries: [key: unknown, value: V][]): [key: unknown, value: V][] {
  if (NUMBERS.has(kind)) return entries.sort(([a], [b]) => (numeric(a) < numeric(b) ? -1 : 1));
  if (kind !== 'text' && kind !== 'ascii') return entries;
  return entries.sort(([a], [b]) => Buffer.compare(Buffer.from(a as string), Buffer.from(b as string)));
}

function numeric(key: unknown): number | bigint {
  return key instanceof Decimal ? Number(String(key)) : (key as number | bigint);
}
