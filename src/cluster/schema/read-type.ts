import type { TypeMetadata } from './keyspace-metadata.js';
import type { Warn } from './row-groups.js';
import { readRows } from './schema-row.js';
import type { StoredElement } from './stored-schema.js';

/** A user-defined type, of the rows that describe it; undefined if they do not say what its fields are. */
export function readType(keyspace: string, name: string, element: StoredElement, warn: Warn): TypeMetadata | undefined {
  const label = `Type ${keyspace}.${name}`;
  const [row] = readRows(element.rows.types, label, warn);
  const names = row?.texts('field_names');
  const types = row?.texts('field_types');
  if (names === undefined || types?.length !== names.length) {
    warn(`${label} is ignored, since its fields are not known.`);
    return undefined;
  }
  return { keyspace, name, fields: names.map((field, index) => ({ name: field, type: types[index]! })) };
}
