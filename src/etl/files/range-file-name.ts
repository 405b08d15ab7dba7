import { RING_START } from '../token-range.js';

const DIGITS = 20;

/**
 * What the file of a range is called, so that names sort as ranges do: tokens are counted from the start of the ring.
 *
 * ```
 * <name>-<start, 20 digits>-<end, 20 digits>.<extension>
 * ```
 */
export function rangeFileName(
  name: string,
  { start, end }: { readonly start: bigint; readonly end: bigint },
  extension: string,
): string {
  return `${name}-${digits(start)}-${digits(end)}.${extension}`;
}

/** What such names look like; those of files that are being written, too. */
export function rangeFilePattern(name: string, extension: string): RegExp {
  const [begin, end] = [name, extension].map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${begin!}-\\d{${DIGITS}}-\\d{${DIGITS}}\\.${end!}((\\.[0-9a-f]{16})?\\.tmp)?$`);
}

function digits(token: bigint): string {
  return String(token - RING_START).padStart(DIGITS, '0');
}
