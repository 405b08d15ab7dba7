import { ConfigurationError } from '../errors.js';
import { type Prepared, PreparedStatement } from '../session/prepared.js';
import type { Statement } from '../session/statement-job.js';
import { valueFor } from './convert.js';
import { sizeOf } from './size-of.js';
import { writeKind, type WriteKind } from './write-kind.js';

/** A statement that records are written by. */
export interface WriteTarget extends WriteKind {
  readonly prepared: Prepared;
  /** What records of one partition have in common; undefined for a record of which that cannot be told, or that is better alone. */
  keyOf(record: unknown): string | undefined;
  sizeOf(record: unknown): number;
}

/** The text of a statement. @throws ConfigurationError for one that has its values. */
export function textOf(statement: Statement): string {
  const { cql, params } = (typeof statement === 'string' ? { cql: statement } : statement) as {
    cql: unknown;
    params?: unknown;
  };
  if (typeof cql === 'string' && params === undefined) return cql;
  throw new ConfigurationError(
    'writeTo() takes a statement as a string or prepared: its values are those of the records.',
  );
}

export function writeTarget(prepared: Prepared): WriteTarget {
  const { parameters, cql } = prepared;
  const partitionKey = prepared instanceof PreparedStatement ? prepared.partitionKey : [];
  const valueOf = (record: unknown, index: number): unknown => valueFor(record, index, parameters[index]!);
  return {
    ...writeKind(cql, parameters.some(({ type }) => type === 'counter')), // prettier-ignore
    prepared,
    keyOf: (record) => {
      if (partitionKey.length === 0) return undefined;
      const parts = partitionKey.map((index) => keyPart(valueOf(record, index)));
      return parts.includes(undefined) ? undefined : parts.join(' ');
    },
    sizeOf: (record) => parameters.reduce((sum, _, index) => sum + sizeOf(valueOf(record, index)), 0),
  };
}

/** A value as a text that no other has; undefined for one of which two may be the same and look different. */
function keyPart(value: unknown): string | undefined {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return `t${value.getTime()}`;
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`;
  return undefined;
}
