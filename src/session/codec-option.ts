import { callable, type Check, text } from '../check.js';
import { EncryptedColumn } from '../codec/encryption/encrypted-column.js';
import type { Codec } from '../codec/value-options.js';
import { ConfigurationError } from '../errors.js';

export const codecs: Check = (value, name) => {
  if (!Array.isArray(value)) throw new ConfigurationError(`The option ${JSON.stringify(name)} must be an array.`);
  for (const [i, codec] of value.entries()) checkCodec(codec, `${name}[${i}]`);
  checkEncrypted(value as readonly Codec[]);
};

function checkCodec(codec: unknown, name: string): void {
  if (typeof codec !== 'object' || codec === null) throw new ConfigurationError(`${name} must be a codec.`);
  // It may well be an instance of a class, with its methods on the prototype and other things beside them.
  const { type, column } = codec as Codec;
  for (const method of ['decode', 'encode']) callable((codec as Record<string, unknown>)[method], `${name}.${method}`);
  if ((type === undefined) === (column === undefined)) {
    throw new ConfigurationError(`${name} must have either a "type" or a "column" that it is for.`);
  }
  if (column === undefined) text(type, `${name}.type`);
  else checkColumnName(column, `${name}.column`);
}

/** Takes `keyspace.table.column`. */
export const checkColumnName: Check = (value, name) => {
  if (typeof value === 'string' && /^[^.]+\.[^.]+\.[^.]+$/.test(value)) return;
  throw new ConfigurationError(`${name} must be 'keyspace.table.column'.`);
};

/** Elsewhere the last of several codecs counts. Of a column that is to be encrypted none may come instead. */
function checkEncrypted(codecs: readonly Codec[]): void {
  for (const encrypted of codecs) {
    if (!(encrypted instanceof EncryptedColumn)) continue;
    const { column } = encrypted;
    if (codecs.some((other) => other !== encrypted && other.column === column)) {
      throw new ConfigurationError(
        `The column ${column} is encrypted, and has another codec as well: it can have one only.`,
      );
    }
  }
}
