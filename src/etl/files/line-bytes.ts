/** How many characters become bytes at a time. */
const CHUNK = 8_192;
/** No character of a string takes more bytes in UTF-8. */
const MOST_OF_A_CHARACTER = 3;

/**
 * Lines in UTF-8. Not all of a page as one text: it would be a tree of all the texts that it was put together from, which the garbage collector
 * has to carry along until it is bytes. And always in the same place, which is as large as the largest page was: bytes that are written and
 * forgotten would be half of the memory that a program takes.
 */
export class LineBytes {
  private bytes: Buffer = Buffer.alloc(0);
  private end = 0;

  /** The lines of records. They are there until the next call. */
  of<T>(records: Iterable<T>, lineOf: (record: T) => string): Uint8Array {
    this.end = 0;
    let lines = '';
    for (const record of records) {
      lines += lineOf(record);
      if (lines.length < CHUNK) continue;
      this.put(lines);
      lines = '';
    }
    this.put(lines);
    return this.bytes.subarray(0, this.end);
  }

  private put(text: string): void {
    const needed = this.end + text.length * MOST_OF_A_CHARACTER;
    if (needed > this.bytes.length) {
      const { bytes, end } = this;
      this.bytes = Buffer.allocUnsafeSlow(Math.max(needed, 2 * bytes.length));
      bytes.copy(this.bytes, 0, 0, end);
    }
    this.end += this.bytes.write(text, this.end);
  }
}
