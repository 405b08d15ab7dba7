/** Whether a text has more than so many bytes: as many as it has characters at least, and three times as many at most. */
export function isLonger(length: number, text: () => string, most: number): boolean {
  return length > most || (length * 3 > most && Buffer.byteLength(text()) > most);
}
