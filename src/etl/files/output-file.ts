import { createHash } from 'node:crypto';
import { concat, concatMap, defer, EMPTY, type Observable } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import type { Column, Page } from '../../operators/page.js';
import type { Compressor } from './compressor.js';
import type { FileColumns } from './file-columns.js';
import type { FileEncoder, FileFormat } from './file-format.js';
import type { FileWritten } from './file-sink.js';
import type { FileTarget } from './file-target.js';

/**
 * ```
 * page --encoder--> bytes [--compressor--> bytes] --> target
 *                                             '-----> SHA-256
 * ```
 *
 * A file that is being written. One call at a time.
 */
export class OutputFile {
  private readonly format: FileFormat;
  private readonly columns: FileColumns;
  private readonly target: FileTarget;
  private readonly compressor: Compressor | undefined;
  private readonly hash = createHash('sha256');
  private encoder: FileEncoder | undefined;
  private rows = 0;
  private bytes = 0;

  constructor(format: FileFormat, columns: FileColumns, target: FileTarget, compressor: Compressor | undefined) {
    this.format = format;
    this.columns = columns;
    this.target = target;
    this.compressor = compressor;
  }

  /** Completes when the rows of a page have been written. Reads the page, but does not say so to it. */
  add(page: Page<unknown>): Observable<never> {
    return defer(() => {
      const columns = this.columns.of(page);
      return columns === undefined ? EMPTY : concat(this.begin(columns), this.addRows(page));
    });
  }

  /** Completes when all is written, and on the disk. */
  end(): Observable<never> {
    const rest = this.compressor?.end() ?? EMPTY;
    return concat(
      this.begin(this.columns.known ?? []),
      defer(() => this.put(this.encoder!.end())),
      rest.pipe(concatMap((bytes) => this.write(bytes))),
      this.target.flush(),
    );
  }

  /** Gives it its name. @throws FileError */
  publish(): FileWritten {
    this.target.publish();
    const { rows, bytes } = this;
    return { file: this.target.file, rows, bytes, sha256: this.hash.digest('hex') };
  }

  discard(): void {
    this.compressor?.discard();
    this.target.discard();
  }

  private begin(columns: readonly Column[]): Observable<never> {
    return defer(() => {
      if (this.encoder !== undefined) return EMPTY;
      this.encoder = this.format.encoder(columns);
      return this.put(this.encoder.begin());
    });
  }

  private addRows(page: Page<unknown>): Observable<never> {
    return defer(() => {
      this.rows += page.rowCount;
      return this.put(this.encoder!.add(rowsOf(page)));
    });
  }

  private put(bytes: Uint8Array): Observable<never> {
    if (bytes.length === 0) return EMPTY;
    if (this.compressor === undefined) return this.write(bytes);
    return this.compressor.add(bytes).pipe(concatMap((made) => this.write(made)));
  }

  private write(bytes: Uint8Array): Observable<never> {
    this.hash.update(bytes);
    this.bytes += bytes.length;
    return this.target.write(bytes);
  }
}

/** The rows, without the end of which a page would take itself for delivered: it is when they have been written. */
function* rowsOf(page: Page<unknown>): Generator<Readonly<Record<string, unknown>>> {
  const cursor = page.rows.cursor();
  for (let left = page.rowCount; left > 0; left--) {
    const row = cursor.next();
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw notAnObject();
    yield row as Readonly<Record<string, unknown>>;
  }
}

function notAnObject(): ConfigurationError {
  return new ConfigurationError('Files take rows as objects by the names of their columns: query with rows: "object".');
}
