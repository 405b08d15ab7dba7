import type { Observable } from 'rxjs';
import type { Page, RowCursor } from '../operators/page.js';
import { PageReader } from './iterate-pages.js';

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** The rows of a query, one at a time: at once while there are any in memory. */
export class RowReader<T> {
  private readonly pages: PageReader<T>;
  private page: Page<T> | undefined;
  private cursor: RowCursor<T> | undefined;
  private left = 0;
  private isEnded = false;
  private failure: { readonly error: unknown } | undefined;

  constructor(source: Observable<Page<T>>, name: string) {
    this.pages = new PageReader(source, name);
  }

  /**
   * The next row, or that there are no more; undefined if the next page has to be asked for.
   *
   * @throws once, what the query ended in, or what makes a row unreadable: which ends this.
   */
  take(): IteratorResult<T, undefined> | undefined {
    if (this.left > 0) {
      this.left--;
      this.page!.touch();
      try {
        return { done: false, value: this.cursor!.next() };
      } catch (error) {
        this.leave();
        throw error;
      }
    }
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure.error;
    return this.isEnded ? DONE : undefined;
  }

  /** Asks for the next page, which delivers the one before; calls back when {@link take} is worth while again. */
  ask(then: () => void): void {
    void this.pages
      .next()
      .then(
        ({ done, value }) => {
          if (done === true) this.isEnded = true;
          else if (!this.isEnded) this.open(value);
        },
        (error: unknown) => {
          this.isEnded = true;
          this.failure = { error };
        },
      )
      .then(then);
  }

  leave(): void {
    this.isEnded = true;
    this.left = 0;
    this.page = undefined;
    this.cursor = undefined;
    this.failure = undefined;
    this.pages.leave();
  }

  private open(page: Page<T>): void {
    this.page = page;
    this.cursor = page.rows.cursor();
    this.left = page.rowCount;
  }
}
