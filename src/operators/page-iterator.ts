/** A page, as far as its reader knows it. */
interface PageToRead<T> {
  readonly rows: { readonly rowCount: number; cursor(): { next(): T } };
  /** A row is being taken out. */
  touch(): void;
  /** It is through, or it is left. */
  skip(): void;
}

/** Reads the rows of a page as they are asked for; delivers it when they are through, or when it is left. */
export class PageIterator<T> implements IterableIterator<T> {
  private readonly page: PageToRead<T>;
  private readonly cursor: { next(): T };
  private left: number;

  constructor(page: PageToRead<T>) {
    this.page = page;
    this.cursor = page.rows.cursor();
    this.left = page.rows.rowCount;
  }

  next(): IteratorResult<T, undefined> {
    if (this.left === 0) return this.return();
    this.left--;
    this.page.touch();
    try {
      return { done: false, value: this.cursor.next() };
    } catch (error) {
      this.return();
      throw error;
    }
  }

  return(): IteratorResult<T, undefined> {
    this.left = 0;
    this.page.skip();
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }
}
