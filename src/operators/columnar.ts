/** A page as columns, for numeric work. */
export interface Columnar {
  readonly rowCount: number;
  /** In the order of the result, several of one name too. */
  readonly columns: readonly ColumnValues[];
}

/** The values of one column. */
export interface ColumnValues {
  readonly name: string;
  /** The type in CQL. */
  readonly type: string;
  /**
   * One a row: Int32Array for tinyint, smallint and int; Float64Array for double, for timestamp, in milliseconds since 1970, and for what
   * the options of the session turn into numbers; Float32Array for float; BigInt64Array for bigint, counter, and timestamps as bigints; for
   * all others an Array of the values that rows would have.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the type is the column's
  readonly values: ArrayLike<any>;
  /** A byte a row, 1 where there is a value; absent if all rows have one. Where there is none, `values` has 0 or null. */
  readonly valid?: Uint8Array;
}
