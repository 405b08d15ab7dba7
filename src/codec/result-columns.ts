import type { ColumnSpec } from './column-spec.js';
import type { DecodeRow } from './row.js';
import { compileRow } from './row-compiler.js';
import { interpretRow } from './row-interpreter.js';

/** How many rows it takes for generated code to be worth its making. */
const ROWS_BEFORE_COMPILING = 500;

/** The columns of a result: decided once and shared by all pages that are described by the same bytes. */
export class ResultColumns {
  readonly columns: readonly ColumnSpec[];
  /** The bytes that described the columns: what is described by the same bytes has the same columns. */
  readonly description: Buffer;
  readonly hasGlobalTable: boolean;
  private interpreter: DecodeRow | undefined;
  private compiled: DecodeRow | undefined;
  private rowsUntilCompiled = ROWS_BEFORE_COMPILING;

  constructor(columns: readonly ColumnSpec[], description: Buffer, hasGlobalTable: boolean) {
    this.columns = columns;
    this.description = description;
    this.hasGlobalTable = hasGlobalTable;
  }

  /** What reads any row, and tells which cell it is that cannot be read. */
  get interpret(): DecodeRow {
    return (this.interpreter ??= interpretRow(this.columns));
  }

  /** What decodes the next `rowCount` rows fastest. */
  decoderFor(rowCount: number): DecodeRow {
    if (this.rowsUntilCompiled > 0) {
      this.rowsUntilCompiled -= rowCount;
      if (this.rowsUntilCompiled <= 0) this.compiled = compileRow(this.columns);
    }
    return this.compiled ?? this.interpret;
  }
}
