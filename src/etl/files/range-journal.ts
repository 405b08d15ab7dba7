import type { Column } from '../../operators/page.js';
import type { TokenRange } from '../token-range.js';
import type { FileWritten } from './file-sink.js';

/** Which ranges of a folder have their files. */
export interface RangeJournal {
  /**
   * Before the first file is begun; or at the end, if there was none.
   *
   * @param columns Undefined if there are no files to come.
   */
  open(columns: readonly Column[] | undefined): void;
  /** Begins a range; says whether none of it had been begun before. */
  begin(range: Pick<TokenRange, 'start' | 'end'>): boolean;
  /** A range is done: its file has its name, or it has no rows. */
  commit(range: Pick<TokenRange, 'start' | 'end'>, written: FileWritten | undefined): void;
  /** All is done. */
  finish(): void;
  close(): void;
}
