/** How many characters become bytes at a time. */
const CHUNK = 8_192;

/**
 * The lines of records in UTF-8. Not all as one text: it would be a tree of all the texts that it was put together from, which the
 * garbage collector has to carry along until it is bytes.
 */
export function lineBytes<T>(records: Iterable<T>, lineOf: (record: T) => string): Uint8Array {
  const chunks: Buffer[] = [];
  let lines = '';
  for (const record of records) {
    lines += lineOf(record);
    if (lines.length < CHUNK) continue;
    chunks.push(Buffer.from(lines));
    lines = '';
  }
  chunks.push(Buffer.from(lines));
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
