import type { Consistency } from '../errors.js';

// [consistency] of the native protocol (v5, section 3): the place in this list is the code on the wire.
const NAMES: readonly Consistency[] = [
  'ANY',
  'ONE',
  'TWO',
  'THREE',
  'QUORUM',
  'ALL',
  'LOCAL_QUORUM',
  'EACH_QUORUM',
  'SERIAL',
  'LOCAL_SERIAL',
  'LOCAL_ONE',
];

const CODES: ReadonlyMap<string, number> = new Map(NAMES.map((name, code) => [name, code]));

/** The code of a consistency level, `undefined` if there is none of that name. */
export function consistencyCode(name: string): number | undefined {
  return CODES.get(name);
}

/** The name for a code, `undefined` if a newer server uses one that is not known here. */
export function consistencyName(code: number): Consistency | undefined {
  return NAMES[code];
}

/** Whether a level is SERIAL or LOCAL_SERIAL. */
export function isSerial(code: number): boolean {
  return NAMES[code] === 'SERIAL' || NAMES[code] === 'LOCAL_SERIAL';
}

/** All names, in the order of the specification. */
export const CONSISTENCIES: readonly Consistency[] = NAMES;
