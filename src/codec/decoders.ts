/** How many rows it takes for generated code to be worth its making. */
const ROWS_BEFORE_COMPILING = 500;

/**
 * Two functions that do the same for the columns of a result: one that can do it for any columns, and one that is made for
 * these as soon as many rows have been seen.
 */
export class Decoders<F> {
  /** Can be relied on to tell what is wrong. */
  readonly interpret: F;
  private best: F;
  private readonly compile: () => F | undefined;
  private rowsLeft = ROWS_BEFORE_COMPILING;

  /** @param compile Gives undefined where code may not be generated. */
  constructor(interpret: F, compile: () => F | undefined) {
    this.interpret = interpret;
    this.best = interpret;
    this.compile = compile;
  }

  /** What does it fastest for the next `rowCount` rows. */
  bestFor(rowCount: number): F {
    if (this.rowsLeft > 0) {
      this.rowsLeft -= rowCount;
      if (this.rowsLeft <= 0) this.best = this.compile() ?? this.interpret;
    }
    return this.best;
  }
}
