import { describe, expect, it } from 'vitest';
import { printable, quoted, quotedColumn } from '../../src/codec/printable.js';

describe('what messages say of names', () => {
  it('has no control characters', () => {
    expect(printable('a\u001b[2J\u0000\u007f\u009b\u2028\u202e\u{e0001}é東')).toBe(
      'a\\u{1b}[2J\\u{0}\\u{7f}\\u{9b}\\u{2028}\\u{202e}\\u{e0001}é東',
    );
    expect(quoted('a"\n\u009b')).toBe('"a\\"\\n\\u{9b}"');
  });

  it('is as long as a message has room for', () => {
    expect(quoted('x'.repeat(200))).toBe(`"${'x'.repeat(200)}"`);
    expect(quoted('x'.repeat(201))).toBe(`"${'x'.repeat(199)}…"`);
    const column = { name: 'n'.repeat(60_000), type: 't'.repeat(60_000) };
    expect(quotedColumn(column)).toHaveLength(200 + 2 + 1 + 200 + 2);
  });
});
