import { encryptedColumns, type EncryptedColumnOptions, type EncryptionOptions } from 'rxcql';
import { columnCodec } from '../../../src/codec/value-codec.js';
import type { ValueCodec } from '../../../src/codec/value.js';
import { type ValueOptions, valueSettings } from '../../../src/codec/value-options.js';

export const COLUMN = 'shop.users.phone';

/** A key of bytes that count up from the first. */
export const keyOf = (first: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => first + i);

export const NEW = { id: '2026', key: keyOf(0) };
export const OLD = { id: '2025', key: keyOf(32) };

/** What reads and writes a column of blobs, encrypted. */
export function encrypted(
  column: Partial<EncryptedColumnOptions> = {},
  { keys = [NEW, OLD], types }: Partial<EncryptionOptions> = {},
  values: ValueOptions = {},
): ValueCodec {
  const options = { column: COLUMN, type: 'text', ...column };
  const codecs = encryptedColumns({ keys, columns: [options], ...(types && { types }) });
  const settings = valueSettings({ ...values, codecs: [...(values.codecs ?? []), ...codecs] });
  return columnCodec(options.column, { kind: 'blob' }, settings);
}
