import { describe, expect, it } from 'vitest';
import { isIntegerText } from '../../../src/codec/values/exact-integer.js';

describe('isIntegerText', () => {
  it('knows the text of an integer that is not too long', () => {
    expect(['0', '-1', '+1', '007', '123'].every((text) => isIntegerText(text, 3))).toBe(true);
    expect(['', '-', '1 ', '1n', '1_0', '0x1', '1.', '1234'].some((text) => isIntegerText(text, 3))).toBe(false);
  });
});
