import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenRange } from '../token-range.js';
import { fileExtension, type FileJournalOptions, makeTarget } from './file-journal.js';
import { fileFailure } from './file-failure.js';
import type { FileWritten } from './file-sink.js';
import { rangeFileName } from './range-file-name.js';
import type { RangeJournal } from './range-journal.js';

/** A folder without a journal: somebody else knows which ranges are done, and several may write the same one. */
export class NoJournal implements RangeJournal {
  private readonly names: Pick<FileJournalOptions, 'folder' | 'name' | 'extension' | 'compress'>;

  constructor(names: Pick<FileJournalOptions, 'folder' | 'name' | 'extension' | 'compress'>) {
    this.names = names;
  }

  open(): void {
    makeTarget(this.names.folder);
  }

  begin(): boolean {
    return true;
  }

  commit(range: Pick<TokenRange, 'start' | 'end'>, written: FileWritten | undefined): void {
    if (written !== undefined) return;
    const { folder, name, extension, compress } = this.names;
    const path = join(folder, rangeFileName(name, range, fileExtension(extension, compress)));
    // When it was read before, it may have had rows.
    try {
      rmSync(path, { force: true });
    } catch (error) {
      throw fileFailure(path, 'removed', error);
    }
  }

  finish(): void {
    // There is no manifest: these files may be some of many.
  }

  close(): void {
    // Nothing is open.
  }
}
