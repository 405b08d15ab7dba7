import { anything, type Checks, checkOptions, list, text } from '../check.js';
import { ColumnCipher } from '../codec/encryption/column-cipher.js';
import { EncryptedColumn } from '../codec/encryption/encrypted-column.js';
import { type EncryptionKey, type EncryptionKeyProvider, EncryptionKeys } from '../codec/encryption/encryption-keys.js';
import { parseTypeText, type TypeDefinitions } from '../codec/type-text.js';
import { valueCodec } from '../codec/value-codec.js';
import type { Codec } from '../codec/value-options.js';
import { ConfigurationError } from '../errors.js';
import { checkColumnName } from './codec-option.js';

/** A column of the CQL type `blob`, which holds values of another type, encrypted. */
export interface EncryptedColumnOptions {
  /** `'keyspace.table.column'`, each as it is stored. */
  column: string;
  /** The type of the plain values in CQL: `'text'`, `'map<text, int>'`. */
  type: string;
  /**
   * The id of the key that encrypts the column so that the same value has the same ciphertext, whatever key is the newest: for columns of
   * the primary key, and for those that are looked for. Whoever reads the table sees then which rows have the same value. Default: the
   * newest key, and another ciphertext each time.
   */
  deterministic?: string;
  /**
   * The column that the ciphertexts are from, if that is another: of a materialized view, say, that of its table. They decrypt for no
   * other. Default: `column`.
   */
  boundTo?: string;
}

/** What {@link encryptedColumns} takes. */
export interface EncryptionOptions {
  /** The keys, of which the first encrypts and all decrypt; or a function that finds them. */
  keys: readonly EncryptionKey[] | EncryptionKeyProvider;
  columns: readonly EncryptedColumnOptions[];
  /** The fields of user-defined types that plain values have, which need not exist: `{ address: { street: 'text', zip: 'int' } }`. */
  types?: TypeDefinitions;
}

const CHECKS: Checks<EncryptionOptions> = { keys: anything, columns: list, types: anything };
const COLUMN_CHECKS: Checks<EncryptedColumnOptions> = {
  column: checkColumnName,
  type: text,
  deterministic: text,
  boundTo: checkColumnName,
};

/**
 * Codecs for columns whose values no server sees: they are encrypted when they are bound, and decrypted when they are read, by
 * AES-256-GCM. See docs/encryption.md for what that protects from, for the format and for how keys are changed.
 *
 * The table has a column of the type `blob`. To the program it has the type that is said here, as if the server had it, options for values
 * and codecs for types included. It can be null. The parameters that are encrypted are those called after the column.
 *
 * A value that cannot be decrypted errors its page with a `DecodeError`; one that cannot be encrypted is a `BindError`.
 *
 * @returns A codec for each column, to be used in the option `codecs`. Its `encode()` and `decode()` encrypt and decrypt by themselves.
 * @throws ConfigurationError
 *
 * @example
 * ```ts
 * const session = createSession({
 *   contactPoints,
 *   codecs: encryptedColumns({
 *     keys: [{ id: '2026', key: newKey }, { id: '2025', key: oldKey }],
 *     columns: [
 *       { column: 'shop.users.phone', type: 'text' },
 *       { column: 'shop.users.email', type: 'text', deterministic: '2025' },
 *     ],
 *   }),
 * });
 * ```
 */
export function encryptedColumns(options: EncryptionOptions): Codec[] {
  checkOptions<EncryptionOptions>(options, CHECKS, 'options of encrypted columns');
  const keys = new EncryptionKeys(options.keys);
  // The type says so, but a program in JavaScript may not.
  list(options.columns, 'columns');
  return options.columns.map((column) => encryptedColumn(column, keys, options.types));
}

function encryptedColumn(
  options: EncryptedColumnOptions,
  keys: EncryptionKeys,
  types: TypeDefinitions | undefined,
): EncryptedColumn {
  checkOptions<EncryptedColumnOptions>(options, COLUMN_CHECKS, 'options of an encrypted column');
  const { column, type, deterministic, boundTo = column } = options;
  if ((column as unknown) === undefined || (type as unknown) === undefined) {
    throw new ConfigurationError('An encrypted column needs a "column" and the "type" of its plain values.');
  }
  if (deterministic !== undefined) keys.check(deterministic);
  const plainType = parseTypeText(type, types, column.split('.')[0]);
  const cipher = new ColumnCipher(boundTo, keys, deterministic);
  return new EncryptedColumn(column, plainType, deterministic !== undefined, cipher, valueCodec(plainType));
}
