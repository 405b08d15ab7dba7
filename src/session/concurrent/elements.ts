/** Elements that are taken one at a time, by whoever has a place for one. */
export interface Elements<T> {
  start(): void;
  /** The next one; undefined if it is not there yet. @throws What the source has failed with. */
  take(): IteratorResult<T, unknown> | undefined;
  /** Nobody takes any more. */
  leave(): void;
}

/** Who takes elements. */
export interface Taker {
  /** An element may be there. */
  wake(): void;
  /** The source has failed, though there may still be elements that it gave before. */
  sourceFailed(error: unknown): void;
}
