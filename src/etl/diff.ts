import type { Row } from '../operators/page.js';

/** A row in which two tables differ. */
export interface Diff {
  /** Only the source has it, only the target has it, or both, with other values. */
  readonly kind: 'missing' | 'extra' | 'different';
  /** Its primary key; where static columns differ, the partition key alone. */
  readonly key: Row;
  /** Of a row that is different: in which columns. */
  readonly columns?: readonly string[];
}
