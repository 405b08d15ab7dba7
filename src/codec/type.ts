import { printable } from './printable.js';
import { RESERVED_WORDS } from './reserved-words.js';

/** The types without parameters, under their CQL names. */
export type ScalarKind =
  | 'ascii'
  | 'bigint'
  | 'blob'
  | 'boolean'
  | 'counter'
  | 'date'
  | 'decimal'
  | 'double'
  | 'duration'
  | 'float'
  | 'inet'
  | 'int'
  | 'smallint'
  | 'text'
  | 'time'
  | 'timestamp'
  | 'timeuuid'
  | 'tinyint'
  | 'uuid'
  | 'varint';

/** A CQL type as the metadata of a response describes it. Whether a collection is frozen is not on the wire. */
export type CqlType =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'list' | 'set'; readonly element: CqlType }
  | { readonly kind: 'map'; readonly key: CqlType; readonly value: CqlType }
  | { readonly kind: 'tuple'; readonly elements: readonly CqlType[] }
  | { readonly kind: 'udt'; readonly keyspace: string; readonly name: string; readonly fields: readonly UdtField[] }
  | { readonly kind: 'vector'; readonly element: CqlType; readonly dimensions: number }
  | { readonly kind: 'custom'; readonly className: string };

export interface UdtField {
  readonly name: string;
  readonly type: CqlType;
}

const OTHERS: ReadonlySet<string> = new Set(['list', 'set', 'map', 'tuple', 'udt', 'vector', 'custom']);

export function isScalar(type: CqlType): type is { readonly kind: ScalarKind } {
  return !OTHERS.has(type.kind);
}

/** Types nest no deeper than this: a response cannot make the reader overflow its stack. */
export const MAX_DEPTH = 64;

/** A type has no more fields than this: a value of a few bytes stands for all of them, as nulls. */
export const MAX_FIELDS = 1_024;

/** A type as CQL writes it: `map<text, int>`. */
export function formatType(type: CqlType): string {
  switch (type.kind) {
    case 'list':
    case 'set':
      return `${type.kind}<${formatType(type.element)}>`;
    case 'map':
      return `map<${formatType(type.key)}, ${formatType(type.value)}>`;
    case 'tuple':
      return `tuple<${type.elements.map(formatType).join(', ')}>`;
    case 'vector':
      return `vector<${formatType(type.element)}, ${type.dimensions}>`;
    case 'udt':
      return printable(formatTypeName(type.name));
    case 'custom':
      return `'${printable(type.className)}'`;
    default:
      return type.kind;
  }
}

/** What CQL takes for a type of its own unless it is quoted. */
const TYPE_WORDS: ReadonlySet<string> = new Set(
  (
    'ascii bigint blob boolean counter date decimal double duration float inet int smallint text time timestamp timeuuid ' +
    'tinyint uuid varchar varint list set map tuple vector frozen'
  ).split(' '),
);

/** The name of a user-defined type as CQL writes it. */
export function formatTypeName(name: string): string {
  return TYPE_WORDS.has(name) ? quoteIdentifier(name) : formatIdentifier(name);
}

/** An identifier as CQL writes it: in double quotes unless it is plain lower case and no word of CQL's own. */
export function formatIdentifier(name: string): string {
  return /^[a-z][a-z0-9_]*$/.test(name) && !RESERVED_WORDS.has(name) ? name : quoteIdentifier(name);
}

/** An identifier in double quotes, which keep its case and everything in it. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
