/** How far a command has come. Times are milliseconds. */
export interface Reading {
  /** Read, or written, as far as it is known. */
  readonly rows: number;
  readonly failed: number;
  /** Of files; of the network where there are none. */
  readonly bytes: number;
  readonly elapsed: number;
  /** Since the last time. */
  readonly rowsPerSecond: number;
  readonly meanRowsPerSecond: number;
  /** From 0 to 1; undefined if it is not known how much there is. */
  readonly fraction: number | undefined;
  /** Until all is done, if it goes on as it has; undefined if that cannot be told. */
  readonly eta: number | undefined;
  /** What half of the requests took, */
  readonly p50: number;
  /** and what 99 of 100 did not exceed. */
  readonly p99: number;
}

/** What can be asked how far it has come. */
export interface Gauge {
  read(): Reading;
}

/** The rates and the time left that follow from counts. */
export function readingOf(
  counts: Omit<Reading, 'rowsPerSecond' | 'meanRowsPerSecond' | 'eta'>,
  before: { readonly rows: number; readonly elapsed: number },
): Reading {
  const { rows, elapsed, fraction } = counts;
  const isKnown = fraction !== undefined && fraction > 0;
  return {
    ...counts,
    rowsPerSecond: perSecond(rows - before.rows, elapsed - before.elapsed),
    meanRowsPerSecond: perSecond(rows, elapsed),
    eta: isKnown ? Math.round(elapsed / fraction - elapsed) : undefined,
  };
}

function perSecond(count: number, elapsed: number): number {
  return elapsed <= 0 ? 0 : Math.round((count * 1_000) / elapsed);
}
