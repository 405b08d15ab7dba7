/** Larger ones are views of one response only, and would be kept for nothing. */
const MAX_KEPT = 128 * 1024;

let lastBuffer: Buffer | undefined;
let lastView: DataView | undefined;

/** A view of all bytes of a buffer. It takes longer to make than a short response to read, and what came together shares a buffer. */
export function responseView(buffer: Buffer): DataView {
  if (buffer === lastBuffer) return lastView!;
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  if (buffer.length <= MAX_KEPT) {
    lastBuffer = buffer;
    lastView = view;
  }
  return view;
}
