import { inspect } from 'node:util';

/** Values as JSON, of which no types are known: what JSON does not know, as a text. */
export function shownJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return String(part);
    if (part instanceof Map || part instanceof Set) return inspect(part, { depth: null, breakLength: Infinity });
    return part;
  });
}
