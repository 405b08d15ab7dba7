/** A page of which not all records have been written. */
interface PageInWork {
  readonly file: string;
  readonly last: number;
  left: number;
}

/**
 * Which pages of files are being written: more than one, for the records of the next one are begun before all of one have ended. A page is done when
 * all of its records are, and all pages before it.
 */
export class PagesInWork {
  private readonly pages: PageInWork[] = [];
  private readonly done: (file: string, line: number) => void;

  /** @param done Told up to which line a file is done. */
  constructor(done: (file: string, line: number) => void) {
    this.done = done;
  }

  /** @param last The line of its last record. */
  begin(file: string, last: number, records: number): void {
    this.pages.push({ file, last, left: records });
  }

  /** It is known what became of a record. Pages are in the order of their lines, one file after another. */
  ended(file: string, line: number): void {
    const { pages } = this;
    const page = pages.find((one) => one.file === file && line <= one.last);
    if (page === undefined) return;
    page.left--;
    for (let first = pages[0]; first?.left === 0; first = pages[0]) {
      pages.shift();
      this.done(first.file, first.last);
    }
  }
}
