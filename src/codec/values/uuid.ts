import { getI32, uuidText } from '../reader.js';
import type { ValueCodec } from '../value.js';
import type { Writer } from '../writer.js';
import { fixed } from './length.js';
import { misfit } from './misfit.js';

const DASH = 0x2d;

/** The value of a hexadecimal digit by its character code; 0xFF for anything else. */
const DIGITS: Uint8Array = new Uint8Array(128).fill(0xff);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  DIGITS[text.charCodeAt(0)] = digit;
  DIGITS[text.toUpperCase().charCodeAt(0)] = digit;
}

function codec(expected: string, fits: (version: number) => boolean): ValueCodec {
  // Rows that are written one after another often have a key in common: to compare it costs a fifth of reading it.
  let lastText: string | undefined;
  const lastWords = new Int32Array(4);
  return {
    ...fixed(16, uuidText),
    isReusable: true,
    encode: (writer, value) => {
      if (typeof value === 'string') {
        if (value === lastText) {
          for (let i = 0; i < 4; i++) writer.i32(lastWords[i]!);
          return;
        }
        const at = writeText(writer, value, fits);
        if (at < 0) throw misfit(`${expected} as text`, value);
        for (let i = 0; i < 4; i++) lastWords[i] = getI32(writer.target, at + 4 * i);
        lastText = value;
      } else if (value instanceof Uint8Array && value.length === 16 && fits(value[6]! >>> 4)) {
        writer.bytes(value);
      } else {
        throw misfit(`${expected} as text or as 16 bytes`, value);
      }
    },
  };
}

/** Writes the 16 bytes of `8-4-4-4-12` hexadecimal digits, and says where they are; -1 if the text is anything else. */
function writeText(writer: Writer, text: string, fits: (version: number) => boolean): number {
  if (text.length !== 36 || !fits(digitAt(text, 14))) return -1;
  const start = writer.claim(16);
  let at = start;
  const { target } = writer;
  // What is no digit has bits that no digit has.
  let all = 0;
  for (let i = 0; i < 36; i += 2) {
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (text.charCodeAt(i) !== DASH) return -1;
      i++;
    }
    const high = digitAt(text, i);
    const low = digitAt(text, i + 1);
    all |= high | low;
    target[at++] = (high << 4) | low;
  }
  return all <= 0xf ? start : -1;
}

function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? DIGITS[code]! : 0xff;
}

export const uuid: ValueCodec = codec('a UUID', () => true);

/** Only version 1 carries the time that the type is for; Cassandra refuses the others. */
export const timeuuid: ValueCodec = codec('a UUID of version 1', (version) => version === 1);
