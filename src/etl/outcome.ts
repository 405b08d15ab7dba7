import type { Ended } from './retrying.js';

/** What became of a record that was to be written. */
export type Outcome = WrittenOutcome | FailedOutcome;

/** It was written; or its condition was not met. */
export interface WrittenOutcome {
  readonly kind: 'ok' | 'notApplied';
  readonly record: unknown;
  /** Where the record is from: its place in a range, the line of a file, or which it is of all, from 0. */
  readonly position: unknown;
  /** How often it was sent. */
  readonly attempts?: number;
  /** Milliseconds from when it was first sent to its answer. */
  readonly latency?: number;
}

/** It was not written; or nobody can say whether it was: see the `outcome` of the error. */
export interface FailedOutcome {
  readonly kind: 'failed';
  readonly record: unknown;
  readonly position: unknown;
  readonly error: Error;
  /** How often it was sent; 0 if it never was. */
  readonly attempts: number;
}

/** A record, where it is from, and what is sent of it. */
export interface Placed {
  readonly record: unknown;
  readonly position: unknown;
  /** The record, or what was made of it. */
  readonly bound: unknown;
  /** Why it cannot be sent. */
  readonly failure?: Error;
}

/** What became of records that were sent together. */
export function outcomeOf({ record, position }: Pick<Placed, 'record' | 'position'>, ended: Ended): Outcome {
  const { page, error, attempts } = ended;
  if (error !== undefined) return { kind: 'failed', record, position, error, attempts };
  return new Written(page?.wasApplied === false ? 'notApplied' : 'ok', record, position, ended);
}

/** How it went is for statistics, and no part of what is printed and compared. */
class Written implements WrittenOutcome {
  readonly kind: 'ok' | 'notApplied';
  readonly record: unknown;
  readonly position: unknown;
  readonly #ended: Ended;

  constructor(kind: 'ok' | 'notApplied', record: unknown, position: unknown, ended: Ended) {
    this.kind = kind;
    this.record = record;
    this.position = position;
    this.#ended = ended;
  }

  get attempts(): number {
    return this.#ended.attempts;
  }

  get latency(): number {
    return this.#ended.latency;
  }
}
