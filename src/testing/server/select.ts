import { ConfigurationError } from '../../errors.js';
import { tokensOf, unquote } from './markers.js';
import type { SystemTable } from './system-tables.js';

/** A SELECT of columns of one table, as simple as drivers ask system tables. */
export interface Select {
  /** `keyspace.table`, or the table only. */
  readonly table: string;
  /** Undefined for all columns. */
  readonly columns: readonly { readonly name: string; readonly alias: string }[] | undefined;
  /** The columns that have to be equal to one of some values, as texts; undefined where a condition is another. */
  readonly where: readonly { readonly column: string; readonly values: readonly string[] }[] | undefined;
}

/**
 * Reads a statement.
 *
 * ```
 * SELECT * | <column> [AS <alias>], ... FROM [<keyspace>.]<table>
 *   [WHERE <column> = <value> | <column> IN (<value>, ...) AND ...] [LIMIT <n>] [ALLOW FILTERING]
 * ```
 *
 * @param values What stands for the markers.
 * @returns undefined if it is no SELECT of that form.
 */
export function parseSelect(cql: string, values: readonly unknown[]): Select | undefined {
  const tokens = tokensOf(cql).filter((token) => token !== ';');
  const is = (token: string | undefined, word: string): boolean => token?.toUpperCase() === word;
  const from = tokens.findIndex((token) => is(token, 'FROM'));
  if (!is(tokens[0], 'SELECT') || from < 2) return undefined;
  const columns = parseColumns(tokens.slice(1, from));
  const [first, dot, second] = tokens.slice(from + 1);
  if (columns === undefined || first === undefined) return undefined;
  const table = dot === '.' && second !== undefined ? `${unquote(first)}.${unquote(second)}` : unquote(first);
  const rest = tokens.slice(from + (dot === '.' ? 4 : 2));
  const end = rest.findIndex((token) => is(token, 'LIMIT') || is(token, 'ALLOW') || is(token, 'ORDER'));
  const conditions = is(rest[0], 'WHERE') ? rest.slice(1, end < 0 ? undefined : end) : [];
  return { table, columns: columns === 'all' ? undefined : columns, where: parseConditions(conditions, [...values]) };
}

function parseColumns(tokens: readonly string[]): 'all' | { name: string; alias: string }[] | undefined {
  if (tokens.length === 1 && tokens[0] === '*') return 'all';
  const columns: { name: string; alias: string }[] = [];
  for (const selector of split(tokens, (token) => token === ',')) {
    const [name, as, alias, ...rest] = selector;
    const isPlain = name !== undefined && /^["\w]/.test(name) && rest.length === 0;
    if (!isPlain || (as !== undefined && (as.toUpperCase() !== 'AS' || alias === undefined))) return undefined;
    columns.push({ name: unquote(name), alias: unquote(alias ?? name) });
  }
  return columns;
}

function parseConditions(tokens: readonly string[], values: unknown[]): Select['where'] {
  if (tokens.length === 0) return [];
  const value = (token: string): string => {
    if (token === '?' || token.startsWith(':')) return String(values.shift());
    return token.startsWith("'") ? token.slice(1, -1).replaceAll("''", "'") : token;
  };
  const conditions: { column: string; values: string[] }[] = [];
  for (const [column, operator, ...operands] of split(tokens, (token) => token.toUpperCase() === 'AND')) {
    if (column === undefined || !/^(?:=|IN)$/i.test(operator ?? '')) return undefined;
    conditions.push({ column: unquote(column), values: operands.filter((token) => !'(,)'.includes(token)).map(value) });
  }
  return conditions;
}

function split(tokens: readonly string[], isBorder: (token: string) => boolean): string[][] {
  const parts: string[][] = [[]];
  for (const token of tokens) {
    if (isBorder(token)) parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}

/** What is selected of a table. @throws ConfigurationError for a column that it has not. */
export function select(
  { columns, where }: Select,
  table: SystemTable,
): { columns: readonly (readonly [string, string])[]; values: unknown[][] } {
  const stray = [...(columns ?? []).map(({ name }) => name), ...(where ?? []).map(({ column }) => column)].find(
    (name) => !Object.hasOwn(table.columns, name),
  );
  if (stray !== undefined) throw new ConfigurationError(`Undefined column name ${stray} in table`);
  const selected = columns ?? Object.keys(table.columns).map((name) => ({ name, alias: name }));
  const matching = table.rows.filter((row) =>
    (where ?? []).every(({ column, values }) => values.includes(String(row[column]))),
  );
  return {
    columns: selected.map(({ name, alias }) => [alias, table.columns[name]!] as const),
    values: matching.map((row) => selected.map(({ name }) => row[name])),
  };
}
