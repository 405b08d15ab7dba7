import { describe, expect, it } from 'vitest';
import { CONSISTENCIES, consistencyCode, consistencyName } from '../../src/codec/consistency.js';

// Native protocol v5, section 3.
const CODES = [
  ['ANY', 0x0000],
  ['ONE', 0x0001],
  ['TWO', 0x0002],
  ['THREE', 0x0003],
  ['QUORUM', 0x0004],
  ['ALL', 0x0005],
  ['LOCAL_QUORUM', 0x0006],
  ['EACH_QUORUM', 0x0007],
  ['SERIAL', 0x0008],
  ['LOCAL_SERIAL', 0x0009],
  ['LOCAL_ONE', 0x000a],
] as const;

describe('consistency levels', () => {
  it.each(CODES)('%s is %i on the wire', (name, code) => {
    expect(consistencyCode(name)).toBe(code);
    expect(consistencyName(code)).toBe(name);
  });

  it('are these and no others', () => {
    expect(CONSISTENCIES).toEqual(CODES.map(([name]) => name));
    expect(consistencyCode('quorum')).toBeUndefined();
    expect(consistencyCode('constructor')).toBeUndefined();
    expect(consistencyName(0x000b)).toBeUndefined();
  });
});
