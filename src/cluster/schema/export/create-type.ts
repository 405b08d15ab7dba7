import { formatIdentifier } from '../../../codec/type.js';
import type { TypeMetadata } from '../keyspace-metadata.js';
import { qualifiedDefinedName } from './defined-name.js';
import { formatTypeText } from './type-names.js';

/** `CREATE TYPE`. */
export function createType(type: TypeMetadata): string {
  const fields = type.fields.map((field) => `    ${formatIdentifier(field.name)} ${formatTypeText(field.type)}`);
  return `CREATE TYPE ${qualifiedDefinedName(type)} (\n${fields.join(',\n')}\n);`;
}
