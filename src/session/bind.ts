import type { ColumnSpec } from '../codec/column-spec.js';
import { withCauseOf } from '../codec/hidden-cause.js';
import { getOwn, hasOwn } from '../codec/own.js';
import type { BoundValues } from '../codec/parameters.js';
import { MAX_SHORT } from '../codec/primitives.js';
import { quotedColumn } from '../codec/printable.js';
import type { ScalarKind } from '../codec/type.js';
import { valueCodec } from '../codec/value-codec.js';
import type { Writer } from '../codec/writer.js';
import { BindError, ConfigurationError } from '../errors.js';
import type { PreparedStatement } from './prepared.js';
import { areQueryOptions } from './request-options.js';

/** Values for the markers of a statement, by position or by name. `undefined` leaves a column as it is, `null` deletes it. */
export type Params = readonly unknown[] | object;

/** The length of a value that is null, and of one that is not set (v5, section 3). */
const NULL = -1;
const UNSET = -2;

/**
 * The values for a prepared statement, each to be written by the codec of its marker.
 *
 * @param parameters The markers, with the codecs of the session that executes it.
 * @throws BindError, ConfigurationError
 */
export function bindPrepared(
  { partitionKey, kind }: PreparedStatement,
  params: Params,
  parameters: readonly ColumnSpec[],
): BoundValues {
  if (parameters.length === 0 && !isPositional(params) && areQueryOptions(params)) {
    throw new ConfigurationError(
      'The statement has no parameters, and what was given for them are options: parameters come second, options third.',
    );
  }
  const values = isPositional(params) ? params : byName(parameters, params);
  if (values.length !== parameters.length) {
    throw new BindError(`The statement has ${parameters.length} parameters; ${values.length} values were given.`);
  }
  for (const index of partitionKey) {
    if (values[index] === undefined) {
      const { name } = parameters[index]!;
      throw new BindError(`${quote(parameters[index]!)} is part of the partition key: it cannot be left unset.`, {
        column: name,
      });
    }
    if (parameters[index]!.codec.isRandomized) throw notToBeFound(parameters[index]!);
  }
  // What a SELECT is given is what it looks for.
  if (kind === 'select') {
    for (const parameter of parameters) if (parameter.codec.isRandomized) throw notToBeFound(parameter);
  }
  return new PreparedValues(parameters, values);
}

function notToBeFound(parameter: ColumnSpec): BindError {
  const message =
    `${quote(parameter)} is encrypted differently each time: it cannot be in a partition key, nor be looked for. ` +
    'Only a column that is encrypted with the option `deterministic` can.';
  return new BindError(message, { column: parameter.name });
}

function isPositional(params: Params): params is readonly unknown[] {
  return Array.isArray(params);
}

/** Names that no marker has are ignored, so that a row of another query can be bound whole. */
function byName(parameters: readonly ColumnSpec[], params: object): unknown[] {
  return parameters.map((parameter) => {
    const value = getOwn(params, parameter.name);
    if (value === undefined && !hasOwn(params, parameter.name)) {
      throw new BindError(`${quote(parameter)} was given no value.`, { column: parameter.name });
    }
    return value;
  });
}

class PreparedValues implements BoundValues {
  readonly count: number;
  private readonly parameters: readonly ColumnSpec[];
  private readonly values: readonly unknown[];

  constructor(parameters: readonly ColumnSpec[], values: readonly unknown[]) {
    this.count = values.length;
    this.parameters = parameters;
    this.values = values;
  }

  write(writer: Writer, index: number): void {
    const value = this.values[index];
    if (value === null) writer.i32(NULL);
    else if (value === undefined) writer.i32(UNSET);
    else writeValue(writer, this.parameters[index]!, value);
  }
}

function writeValue(writer: Writer, parameter: ColumnSpec, value: unknown): void {
  const mark = writer.reserve();
  try {
    parameter.codec.encode(writer, value);
  } catch (error) {
    if (!(error instanceof BindError)) throw error;
    const message = `${quote(parameter)} cannot take the value: ${error.message}.`;
    throw withCauseOf(new BindError(message, { column: parameter.name }), error);
  }
  writer.patchLength(mark);
}

function quote(parameter: ColumnSpec): string {
  return `The parameter ${quotedColumn(parameter)}`;
}

/**
 * The values for a statement that is not prepared, whose types only the values can tell: those that could be of several
 * types are refused rather than guessed.
 *
 * @throws ConfigurationError
 */
export function bindUnprepared(params: Params): BoundValues {
  const entries: readonly (readonly [name: string, value: unknown])[] = isPositional(params)
    ? params.map((value, i) => [String(i), value] as const)
    : Object.entries(params);
  if (entries.length > MAX_SHORT) throw new BindError(`A statement takes ${MAX_SHORT} values at most.`);
  const types = entries.map(([name, value]) =>
    value === null || value === undefined ? undefined : typeOf(name, value),
  );
  return {
    count: entries.length,
    names: isPositional(params) ? undefined : entries.map(([name]) => name),
    write: (writer, i) => {
      const value = entries[i]![1];
      const kind = types[i];
      if (kind === undefined) {
        writer.i32(value === null ? NULL : UNSET);
        return;
      }
      const mark = writer.reserve();
      valueCodec({ kind }).encode(writer, value);
      writer.patchLength(mark);
    },
  };
}

function typeOf(name: string, value: unknown): ScalarKind {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'boolean';
    case 'bigint':
      return 'bigint';
    default:
      if (value instanceof Date) return 'timestamp';
      if (value instanceof Uint8Array) return 'blob';
      throw new ConfigurationError(
        `The CQL type of the parameter ${JSON.stringify(name)} cannot be told from its value, which is a ${typeof value}: ` +
          'only strings, booleans, bigints, Dates, Uint8Arrays and null can be bound with `prepare: false`.',
      );
  }
}
