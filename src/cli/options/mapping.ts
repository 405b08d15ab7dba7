import { ConfigurationError } from '../../errors.js';
import type { Options } from './options.js';

/** A field of a file, and the column that it is. */
export interface Pair {
  readonly field: string;
  readonly column: string;
}

/** What `--mapping` says: pairs, by the names of fields; or columns in the order of the fields. */
export type Mapping = { readonly pairs: readonly Pair[] } | { readonly columns: readonly string[] };

const ITEM = /\s*("(?:[^"]|"")+"|[^",=]+?)\s*(?:=\s*("(?:[^"]|"")+"|[^",=]+?)\s*)?(?:,|$)/y;

/**
 * ```
 * <mapping>: <field>=<column>{,<field>=<column>} | <column>{,<column>}
 * ```
 *
 * Names with commas and equals signs are in double quotes.
 *
 * @throws ConfigurationError
 */
export function mappingOf(options: Options): Mapping | undefined {
  const text = options.text('mapping');
  if (text === undefined) return undefined;
  const items: (readonly [string, string | undefined])[] = [];
  ITEM.lastIndex = 0;
  while (ITEM.lastIndex < text.length) {
    const [, first, second] = ITEM.exec(text) ?? [];
    if (first === undefined || first === '*') throw wrong();
    items.push([bare(first), second === undefined ? undefined : bare(second)]);
  }
  if (items.length === 0) throw wrong();
  const pairs = items.flatMap(([field, column]) => (column === undefined ? [] : [{ field, column }]));
  if (pairs.length === items.length) return { pairs };
  if (pairs.length === 0) return { columns: items.map(([name]) => name) };
  throw wrong();
}

function bare(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

function wrong(): ConfigurationError {
  return new ConfigurationError(
    'The option --mapping is field=column,field=column, or the columns in the order of the fields: column,column.',
  );
}
