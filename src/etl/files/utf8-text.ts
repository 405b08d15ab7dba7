import { isUtf8 } from 'node:buffer';

/** Stands for bytes that are no UTF-8. Half of a pair: no UTF-8 has it. */
export const MALFORMED = '\udfff';

const NEWLINE = 0x0a;

/**
 * Bytes as text, chunk by chunk, with {@link MALFORMED} in each line that has bytes that are no UTF-8: so that it can be told which
 * record they are in, and others are read. A mark at the beginning of the file is left out.
 */
export class Utf8Text {
  /** Whether there was anything malformed. */
  hasMalformed = false;
  /** The first bytes of a character. */
  private rest: Uint8Array = NO_BYTES;
  private isFirst = true;

  push(chunk: Uint8Array | string): string {
    if (typeof chunk === 'string') return this.withoutMark(this.end() + chunk);
    const bytes = this.rest.length === 0 ? asBuffer(chunk) : Buffer.concat([this.rest, chunk]);
    const end = bytes.length - unfinished(bytes);
    // A copy: the chunk may be one that its source uses again.
    this.rest = end === bytes.length ? NO_BYTES : Uint8Array.from(bytes.subarray(end));
    return this.withoutMark(this.decoded(bytes.subarray(0, end)));
  }

  /** What is left when no more comes. */
  end(): string {
    const { rest } = this;
    this.rest = NO_BYTES;
    return rest.length === 0 ? '' : this.decoded(asBuffer(rest));
  }

  private withoutMark(text: string): string {
    if (!this.isFirst || text === '') return text;
    this.isFirst = false;
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  private decoded(bytes: Buffer): string {
    if (isUtf8(bytes)) return bytes.toString();
    this.hasMalformed = true;
    let text = '';
    for (let from = 0; from < bytes.length;) {
      // No byte of a longer character is one of a newline.
      const newline = bytes.indexOf(NEWLINE, from);
      const end = newline < 0 ? bytes.length : newline + 1;
      const line = bytes.subarray(from, end);
      text += isUtf8(line) ? line.toString() : line.toString().replaceAll('\ufffd', MALFORMED);
      from = end;
    }
    return text;
  }
}

const NO_BYTES = new Uint8Array(0);

function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

/** How many bytes at the end begin a character that is not there whole. */
function unfinished(bytes: Buffer): number {
  for (let count = 1; count <= Math.min(3, bytes.length); count++) {
    const byte = bytes[bytes.length - count]!;
    if (byte < 0x80) return 0;
    // The first byte of a character says by its leading ones how many there are.
    if (byte >= 0xc0) return Math.clz32(~(byte << 24)) > count ? count : 0;
  }
  return 0;
}
