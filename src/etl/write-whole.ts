import { fstatSync, ftruncateSync, writeSync } from 'node:fs';

/** Writes all of a text: of what a disk has no room for any more, it may take a part without an error. */
export function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** Adds a text to a file that is nobody else's: all of it, or nothing, for what is added later must not stand behind a half of it. */
export function appendWhole(file: number, text: string): void {
  const { size } = fstatSync(file);
  try {
    writeWhole(file, text);
  } catch (error) {
    ftruncateSync(file, size);
    throw error;
  }
}
