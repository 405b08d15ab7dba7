import type { CqlType, UdtField } from '../../codec/type.js';
import { MAX_DEPTH } from '../../codec/type.js';
import type { TypedColumn } from './parquet-schema.js';

/** Under which name the CQL types of the columns stand in the metadata of a file. */
const KEY = 'rxcql.columns';

interface Entry {
  readonly key: string;
  readonly value?: string;
}

/** What is put into the metadata of a file. */
export function columnTypesEntry(columns: readonly TypedColumn[]): Required<Entry> {
  return { key: KEY, value: JSON.stringify(columns.map(({ name, type }) => ({ name, type }))) };
}

/** The CQL types by the names of the columns; none where a file has none, or what it has is something else. */
export function columnTypesIn(entries: readonly Entry[]): ReadonlyMap<string, CqlType> {
  const types = new Map<string, CqlType>();
  for (const column of parsed(entries.find(({ key }) => key === KEY)?.value)) {
    const { name, type } = (column ?? {}) as { name?: unknown; type?: unknown };
    if (typeof name === 'string' && isType(type, MAX_DEPTH)) types.set(name, type);
  }
  return types;
}

function parsed(text = '[]'): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** Of a scalar only the kind matters: it is looked at again beside what is stored. */
function isType(value: unknown, depth: number): value is CqlType {
  if (typeof value !== 'object' || value === null || depth === 0) return false;
  const type = value as Partial<Record<string, unknown>>;
  const inner = (each: unknown): boolean => isType(each, depth - 1);
  switch (type['kind']) {
    case 'list':
    case 'set':
    case 'vector':
      return inner(type['element']);
    case 'map':
      return inner(type['key']) && inner(type['value']);
    case 'tuple':
      return Array.isArray(type['elements']) && type['elements'].every(inner);
    case 'udt':
      return Array.isArray(type['fields']) && type['fields'].every((field) => isField(field, inner));
    default:
      return typeof type['kind'] === 'string';
  }
}

function isField(value: unknown, inner: (type: unknown) => boolean): boolean {
  const field = (value ?? {}) as Partial<UdtField>;
  return typeof field.name === 'string' && inner(field.type);
}
