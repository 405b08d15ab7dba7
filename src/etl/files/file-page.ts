import { Page, type RowSource } from '../../operators/page.js';

/** Where a record of a file is, as the `position` of an outcome. */
export interface FilePlace {
  /** The path of the file. */
  readonly file: string;
  /** The first line of the record, from 1. */
  readonly line: number;
  /** How many bytes had been read of all files when it was, for `progress({ total: 'bytes' })`. */
  readonly offset: number;
  /** How many bytes all files have; undefined for a stream. */
  readonly size: number | undefined;
}

/** What a page is of. */
export interface FilePosition {
  readonly file: string;
  /** Of each record. */
  readonly lines: readonly number[];
  readonly offset: number;
  readonly size: number | undefined;
}

/** A page of a file. As any {@link Page} it has to be read or skipped, for then the next one is read. */
export interface FilePage<T> extends Page<T> {
  /** The path of the file. All of its records are from this one. */
  readonly file: string;
  /** @internal The position of a record, for those who say what became of it. */
  positionOf(row: number): FilePlace;
}

/** {@link FilePage}, which is no class so that what takes pages takes it, by the rules of linters too. */
export class PageOfFile<T> extends Page<T> implements FilePage<T> {
  readonly file: string;
  private readonly position: FilePosition;

  constructor(rows: RowSource<T>, hasMorePages: boolean, position: FilePosition) {
    super(rows, { hasMorePages });
    this.file = position.file;
    this.position = position;
  }

  positionOf(row: number): FilePlace {
    return placeInFile(this.file, this.position.lines[row]!, this.position);
  }
}

/** Where a record is: `line` of a file, when so much had been read. */
export function placeInFile(file: string, line: number, read: Pick<FilePosition, 'offset' | 'size'>): FilePlace {
  return new PlaceInFile(file, line, read);
}

/** How much had been read is for statistics, and no part of what is printed and compared. */
class PlaceInFile implements FilePlace {
  readonly file: string;
  readonly line: number;
  readonly #read: Pick<FilePosition, 'offset' | 'size'>;

  constructor(file: string, line: number, read: Pick<FilePosition, 'offset' | 'size'>) {
    this.file = file;
    this.line = line;
    this.#read = read;
  }

  get offset(): number {
    return this.#read.offset;
  }

  get size(): number | undefined {
    return this.#read.size;
  }
}
