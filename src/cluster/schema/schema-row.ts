import type { Rows } from '../../codec/rows.js';
import { singleRows, type Warn } from './row-groups.js';

/**
 * A row of a schema table, of which nothing is taken for granted: versions differ, and what a server says may be wrong. A cell
 * that is missing, null, or of another type than expected is undefined.
 */
export class SchemaRow {
  readonly cells: Readonly<Record<string, unknown>>;

  constructor(cells: Readonly<Record<string, unknown>>) {
    this.cells = cells;
  }

  text(column: string): string | undefined {
    const cell = this.cell(column);
    return typeof cell === 'string' ? cell : undefined;
  }

  number(column: string): number | undefined {
    const cell = this.cell(column);
    return typeof cell === 'number' ? cell : undefined;
  }

  boolean(column: string): boolean | undefined {
    const cell = this.cell(column);
    return typeof cell === 'boolean' ? cell : undefined;
  }

  date(column: string): Date | undefined {
    const cell = this.cell(column);
    return cell instanceof Date ? cell : undefined;
  }

  /** Of a list or a set. */
  texts(column: string): readonly string[] | undefined {
    const cell = this.cell(column);
    if (!Array.isArray(cell) && !(cell instanceof Set)) return undefined;
    const texts = [...(cell as Iterable<unknown>)];
    return texts.every((text) => typeof text === 'string') ? texts : undefined;
  }

  /** Of a `map<text, text>`. */
  record(column: string): Readonly<Record<string, string>> | undefined {
    const cell = this.cell(column);
    if (!(cell instanceof Map)) return undefined;
    const record = recordOf(cell);
    return Object.values(record).every((value) => typeof value === 'string')
      ? (record as Record<string, string>)
      : undefined;
  }

  private cell(column: string): unknown {
    return Object.hasOwn(this.cells, column) ? this.cells[column] : undefined;
  }
}

/** A map as an object without a prototype, so that whatever its keys are they are nothing but keys. */
export function recordOf(map: ReadonlyMap<unknown, unknown>): Record<string, unknown> {
  const record = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of map) record[String(key)] = value;
  return record;
}

/** The rows of some groups. Those that cannot be read are left out, with a warning that names `what` they are. */
export function readRows(groups: readonly Rows[] | undefined, what: string, warn: Warn): SchemaRow[] {
  const read: SchemaRow[] = [];
  for (const group of groups ?? []) {
    for (const row of singleRows(group)) {
      try {
        read.push(new SchemaRow(row.cursor().next()));
      } catch (error) {
        warn(`${what}: a row of the schema is ignored. ${error instanceof Error ? error.message : ''}`.trimEnd());
      }
    }
  }
  return read;
}
