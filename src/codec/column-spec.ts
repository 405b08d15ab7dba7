import type { CqlType } from './type.js';
import type { ValueCodec } from './value.js';

/** A column of a result, or a marker of a statement. */
export interface ColumnSpec {
  readonly name: string;
  /** The type in CQL: `map<text, int>`. */
  readonly type: string;
  readonly keyspace: string;
  readonly table: string;
  /** The type as a structure. */
  readonly cqlType: CqlType;
  /** How its values are read and written. */
  readonly codec: ValueCodec;
}
