import { formatIdentifier } from '../../../codec/type.js';

/** The name of a table or view with its keyspace, as CQL writes it. */
export function qualifiedName({ keyspace, name }: { readonly keyspace: string; readonly name: string }): string {
  return `${formatIdentifier(keyspace)}.${formatIdentifier(name)}`;
}
