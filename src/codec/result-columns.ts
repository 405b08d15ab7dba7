import { compileColumns } from './column-compiler.js';
import { type DecodeColumns, interpretColumns } from './column-interpreter.js';
import type { ColumnSpec } from './column-spec.js';
import { collected } from './column-target.js';
import { columnsFor } from './columns-for.js';
import { Decoders } from './decoders.js';
import type { DecodeRow, RowValues } from './row.js';
import { compileRow, compileValues } from './row-compiler.js';
import { interpretRow, interpretValues } from './row-interpreter.js';
import type { ValueSettings } from './value-options.js';

/** The columns of a result: decided once and shared by all pages that are described by the same bytes. */
export class ResultColumns {
  readonly columns: readonly ColumnSpec[];
  /** The bytes that described the columns: what is described by the same bytes has the same columns. */
  readonly description: Buffer;
  readonly hasGlobalTable: boolean;
  /** What the codecs of the columns were chosen by. */
  readonly values: ValueSettings;
  /** The same columns for all settings that were asked for. */
  private siblings: WeakMap<ValueSettings, ResultColumns> | undefined;
  // Of a statement that is only written, nothing is decoded.
  private row: Decoders<DecodeRow> | undefined;
  private list: Decoders<DecodeRow<RowValues>> | undefined;
  private column: Decoders<DecodeColumns> | undefined;
  private ownCollected: readonly ColumnSpec[] | undefined;

  constructor(columns: readonly ColumnSpec[], description: Buffer, hasGlobalTable: boolean, values: ValueSettings) {
    this.columns = columns;
    this.description = description;
    this.hasGlobalTable = hasGlobalTable;
    this.values = values;
  }

  /** The same columns for a session with these settings: a prepared statement may be executed by another than prepared it. */
  for(values: ValueSettings): ResultColumns {
    if (values === this.values) return this;
    this.siblings ??= new WeakMap([[this.values, this]]);
    let sibling = this.siblings.get(values);
    if (sibling === undefined) {
      sibling = new ResultColumns(columnsFor(this.columns, values), this.description, this.hasGlobalTable, values);
      sibling.siblings = this.siblings;
      this.siblings.set(values, sibling);
    }
    return sibling;
  }

  /** What reads rows one by one. */
  get rowDecoders(): Decoders<DecodeRow> {
    return (this.row ??= new Decoders(interpretRow(this.columns), () => compileRow(this.columns)));
  }

  /** The same for rows as lists. */
  get valuesDecoders(): Decoders<DecodeRow<RowValues>> {
    return (this.list ??= new Decoders(interpretValues(this.columns), () => compileValues(this.columns)));
  }

  /** The columns as {@link columnDecoders} reads them. */
  get collected(): readonly ColumnSpec[] {
    return (this.ownCollected ??= collected(this.columns));
  }

  /** What reads all rows of a page into columns. */
  get columnDecoders(): Decoders<DecodeColumns> {
    return (this.column ??= new Decoders(interpretColumns(this.collected), () => compileColumns(this.collected)));
  }
}
