import { formatIdentifier } from '../codec/type.js';
import { ConfigurationError } from '../errors.js';
import { formatTable, type TableShape } from './table-shape.js';
import { RING_START } from './token-range.js';

/** A SELECT that is asked for ranges of its table. */
export interface ScanStatement {
  /** With the condition that the tokens are behind `start` and up to `end`; without one where that says nothing. */
  cqlFor(start: bigint, end: bigint): string;
  /** The columns by which the partition of a row is told; none if that cannot be told of its columns. */
  readonly partitionKey: readonly string[];
}

/** Where a condition can be put into a SELECT: behind `before`. */
export interface SelectParts {
  readonly keyspace: string | undefined;
  readonly table: string;
  readonly before: string;
  readonly after: string;
  readonly hasWhere: boolean;
  readonly hasAliases: boolean;
}

/** The values of the condition for a range, in the order of its markers. */
export function boundsOf(start: bigint, end: bigint): bigint[] {
  return [...(start === RING_START ? [] : [start]), ...(end === RING_START ? [] : [end])];
}

/** The SELECT of all rows of a table. @throws ConfigurationError for a column that it does not have. */
export function tableStatement(
  shape: TableShape,
  columns: readonly string[] | undefined,
  preserve: readonly ('ttl' | 'writetime')[],
): ScanStatement {
  const names = columns ?? shape.columns.map(({ name }) => name);
  const unknown = names.find((name) => shape.columns.every((column) => column.name !== name));
  if (unknown !== undefined || names.length === 0) {
    const has = unknown === undefined ? 'names none' : `names ${JSON.stringify(unknown)}, which is none`;
    throw new ConfigurationError(`The option "columns" must name columns of ${formatTable(shape)}; it ${has}.`);
  }
  const selected = names.map(formatIdentifier);
  for (const { name, type, kind } of shape.columns) {
    const isCell = kind === 'regular' || kind === 'static';
    if (!isCell || type === 'counter' || !names.includes(name)) continue;
    for (const what of preserve) selected.push(`${what}(${formatIdentifier(name)})`);
  }
  const parts = { before: `SELECT ${selected.join(', ')} FROM ${formatTable(shape)}`, after: '', hasWhere: false };
  return { cqlFor: cqlOf(shape, parts), partitionKey: shape.partitionKey };
}

/** A SELECT of the user's. */
export function queryStatement(shape: TableShape, parts: SelectParts): ScanStatement {
  return { cqlFor: cqlOf(shape, parts), partitionKey: parts.hasAliases ? [] : shape.partitionKey };
}

function cqlOf(
  { partitionKey }: TableShape,
  { before, after, hasWhere }: Pick<SelectParts, 'before' | 'after' | 'hasWhere'>,
): (start: bigint, end: bigint) => string {
  const token = `token(${partitionKey.map(formatIdentifier).join(', ')})`;
  return (start, end) => {
    const conditions = [
      ...(start === RING_START ? [] : [`${token} > ?`]),
      ...(end === RING_START ? [] : [`${token} <= ?`]),
    ];
    if (conditions.length === 0) return before + (hasWhere ? ' WHERE' : '') + after;
    return `${before} WHERE ${conditions.join(' AND ')}${hasWhere ? ' AND' : ''}${after}`;
  };
}
