import { formatIdentifier, quoteIdentifier } from '../../../codec/type.js';

/** What a type or a function can be called only in quotes, though a column can go without: the native types, … */
const NATIVE_TYPES: ReadonlySet<string> = new Set(
  (
    'ascii bigint blob boolean counter date decimal double duration empty float frozen inet int list map set smallint text ' +
    'time timestamp timeuuid tinyint tuple uuid varchar varint vector'
  ).split(' '),
);

/** … and other words of CQL. */
const WORDS: ReadonlySet<string> = new Set(['cast', 'count', 'distinct', 'json', 'maxwritetime', 'ttl', 'writetime']);

/** The name of a type, a function or an aggregate, as CQL writes it. */
export function formatDefinedName(name: string): string {
  return NATIVE_TYPES.has(name) || WORDS.has(name) ? quoteIdentifier(name) : formatIdentifier(name);
}

/** The same with its keyspace. */
export function qualifiedDefinedName({ keyspace, name }: { readonly keyspace: string; readonly name: string }): string {
  return `${formatIdentifier(keyspace)}.${formatDefinedName(name)}`;
}

/**
 * A word in a type as the server writes it, which leaves some names without the quotes that they need. One that is also the
 * name of a native type is taken for that, as the server does.
 */
export function formatTypeWord(word: string): string {
  return WORDS.has(word) ? quoteIdentifier(word) : word;
}
