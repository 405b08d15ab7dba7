import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDecimalText } from '../../../src/codec/values/decimal-text.js';

describe('parseDecimalText', () => {
  it.each([
    ['0', false, '0', 0],
    ['-1', true, '1', 0],
    ['+1', false, '1', 0],
    ['1.', false, '1', 0],
    ['.1', false, '1', 1],
    ['-.1', true, '1', 1],
    ['1.25', false, '125', 2],
    ['007.00', false, '00700', 2],
    ['1e5', false, '1', -5],
    ['1E+5', false, '1', -5],
    ['-1.5e-10', true, '15', 11],
  ])('reads %s', (text, isNegative, digits, scale) => {
    expect(parseDecimalText(text, 1_000)).toEqual({ isNegative, digits, scale });
  });

  it('reads what every finite number prints', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const { isNegative, digits, scale } = parseDecimalText(String(number), 1_000)!;
        expect(Number(`${isNegative ? '-' : ''}${digits}e${-scale}`)).toBe(number + 0);
      }),
    );
  });

  const NONE = ['', '.', '-', '+.', 'e5', '.e5', '1e', '1e+', '1e5.', '1..2', '1,5', '1 ', ' 1', '1\n', '--1', '1e5x'];
  it.each([...NONE, '0x1', '1_000', 'Infinity', '\u0661'])('does not take %j for a number', (text) => {
    expect(parseDecimalText(text, 1_000)).toBeUndefined();
  });

  it('takes no more characters than it is told to', () => {
    expect(parseDecimalText('1'.repeat(1000), 1_000)).toBeDefined();
    expect(parseDecimalText('1'.repeat(1001), 1_000)).toBeUndefined();
  });
});
