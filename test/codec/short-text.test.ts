import { describe, expect, test } from 'vitest';
import { MAX_SHORT_TEXT, shortText } from '../../src/codec/short-text.js';

const TEXT = 'abcdefghijklmnopqrstuvwxyz';
const LENGTHS = Array.from({ length: MAX_SHORT_TEXT + 1 }, (_, length) => length);

describe('shortText', () => {
  test.each(LENGTHS)('reads %i characters, from where they are and no further', (length) => {
    const bytes = Buffer.from(`\u007f${TEXT}`);
    expect(shortText(bytes, 1, length)).toBe(TEXT.slice(0, length));
    expect(shortText(bytes, 0, length)).toBe(`\u007f${TEXT}`.slice(0, length));
  });

  test.each(LENGTHS)('does not read %i bytes of which any is not ASCII', (length) => {
    for (let at = 0; at < length; at++) {
      const bytes = Buffer.from(TEXT);
      bytes[at] = 0x80;
      expect(shortText(bytes, 0, length)).toBeUndefined();
    }
  });

  test('leaves what is longer to others', () => {
    expect(shortText(Buffer.from(TEXT), 0, MAX_SHORT_TEXT + 1)).toBeUndefined();
  });
});
