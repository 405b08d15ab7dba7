import { getOwn } from '../../codec/own.js';
import { BindError, ConfigurationError } from '../../errors.js';
import type { Preserved } from '../../etl/cell-times.js';
import { formatTable, type TableShape } from '../../etl/table-shape.js';
import type { Options } from '../options/options.js';

/** The fields of a file that say when cells were written and how long they live, as `unload --preserve` writes them. */
export interface LoadTimes {
  readonly preserve: readonly Preserved[];
  /** As they are called: `writetime(v)`, `ttl(v)`. */
  readonly fields: readonly string[];
}

const FIELD = /^(?:writetime|ttl)\((.+)\)$/s;

/** The column whose times a field looks to have, as `unload --preserve` calls it; undefined for other fields. */
export function columnOfTimes(field: string): string | undefined {
  return FIELD.exec(field)?.[1];
}

/** Of a file without any, it is undefined. What looks like one and is of no column that has times is a field as others. */
export function timesIn(shape: TableShape, fields: readonly string[]): LoadTimes | undefined {
  const cells = shape.columns.filter(
    ({ kind, type }) => (kind === 'regular' || kind === 'static') && type !== 'counter',
  );
  const names = new Set(cells.map(({ name }) => name));
  const columns = new Set(shape.columns.map(({ name }) => name));
  const found = fields.filter((field) => !columns.has(field) && names.has(columnOfTimes(field) ?? ''));
  const preserve = (['ttl', 'writetime'] as const).filter((what) =>
    found.some((field) => field.startsWith(`${what}(`)),
  );
  return found.length === 0 ? undefined : { preserve, fields: found };
}

/**
 * The time of a cell, or those of its elements: an array, or a text in which one is. Null is none, and what the record does not have is not known.
 *
 * @throws BindError
 */
export function timeIn(record: Readonly<Record<string, unknown>>, field: string): unknown {
  const make = field.startsWith('ttl(') ? Number : BigInt;
  const timeOf = (value: unknown): unknown => {
    if (value === undefined) return undefined;
    if (value === null || value === '') return null;
    if (Array.isArray(value)) return value.map(timeOf);
    const text =
      typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'bigint' ? `${value}` : '';
    if (/^-?\d{1,19}$/.test(text)) return make(text);
    throw new BindError(`The field "${field}" is no time.`, { column: field });
  };
  const value = getOwn(record, field);
  return timeOf(typeof value === 'string' && value.startsWith('[') ? elementsOf(value, field) : value);
}

function elementsOf(text: string, field: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BindError(`The field "${field}" is no list of times.`, { cause, column: field });
  }
}

/**
 * Refuses what does not go together with cells that have their own times.
 *
 * @throws ConfigurationError
 */
export function checkTimes(shape: TableShape, options: Options, fields: readonly string[], file: string): void {
  const other = ['ttl', 'timestamp', 'tombstones', 'batch'].find((name) => options.text(name) !== undefined);
  if (other !== undefined) {
    throw new ConfigurationError(
      `${file} has the times of cells, by which they are written: they do not go with --${other}. Fields that --mapping does not name are not looked at.`,
    );
  }
  const list = shape.columns.find(({ name, type }) => type.startsWith('list<') && fields.includes(name));
  if (list === undefined) return;
  throw new ConfigurationError(
    `${file} has the times of cells, and the elements of the list "${list.name}" of ${formatTable(shape)} cannot be written as of another time so that ` +
      'it may be done again. Say by --mapping which columns are loaded: then without times.',
  );
}
