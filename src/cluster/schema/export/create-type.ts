import { formatIdentifier } from '../../../codec/type.js';
import type { TypeMetadata } from '../keyspace-metadata.js';
import { qualifiedName } from './qualified-name.js';

/** `CREATE TYPE`. */
export function createType(type: TypeMetadata): string {
  const fields = type.fields.map((field) => `    ${formatIdentifier(field.name)} ${field.type}`);
  return `CREATE TYPE ${qualifiedName(type)} (\n${fields.join(',\n')}\n);`;
}
