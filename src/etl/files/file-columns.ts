import { ConfigurationError } from '../../errors.js';
import type { Column, Page } from '../../operators/page.js';
import { FileError } from './file-error.js';

/** Names of columns, and their types in CQL. */
export type ColumnTypes = Readonly<Record<string, string>>;

/** The columns of what is written: the same for all pages. */
export class FileColumns {
  private readonly file: string;
  private readonly given: readonly Column[] | undefined;
  private columns: readonly Column[] | undefined;
  /** Those of the page that was looked at last: mostly all pages have the same array. */
  private seen: readonly Column[] | undefined;

  constructor(file: string, given: ColumnTypes | undefined) {
    this.file = file;
    const named = given && Object.entries(given);
    this.columns = this.given = named?.map(([name, type]) => ({ name, type, keyspace: '', table: '' }));
  }

  /** Undefined as long as no page has said. */
  get known(): readonly Column[] | undefined {
    return this.columns;
  }

  /**
   * Those of a page; undefined if it has no rows and does not say.
   *
   * @throws FileError if they are others than those before; ConfigurationError if there are rows without columns.
   */
  of(page: Page<unknown>): readonly Column[] | undefined {
    if (this.given !== undefined) return this.given;
    const { columns } = page;
    if (columns === this.seen) return this.columns;
    if (columns.length === 0) {
      if (page.rowCount === 0) return undefined;
      throw new ConfigurationError(
        'The rows of these pages do not say which columns they have: say it by the option "columns".',
      );
    }
    const distinct = columns.filter(({ name }, i) => columns.findIndex((other) => other.name === name) === i);
    const [before, now] = [this.columns && columnsText(this.columns), columnsText(distinct)];
    if (before !== undefined && before !== now) {
      throw new FileError(
        this.file,
        `The rows for ${JSON.stringify(this.file)} had the columns ${before}, and then ${now}. A file has the same in all lines: ` +
          'name them in the SELECT.',
      );
    }
    this.seen = columns;
    return (this.columns ??= distinct);
  }
}

/** As in CREATE TABLE. */
export function columnsText(columns: readonly Pick<Column, 'name' | 'type'>[]): string {
  return columns.map(({ name, type }) => `${name} ${type}`).join(', ');
}
