import type { Writable } from 'node:stream';
import type { CheckpointStore } from '../checkpoint-store.js';
import type { TokenRange } from '../token-range.js';

/** How the bytes of a file are made fewer. */
export type FileCompression = 'gzip' | 'zstd';

/**
 * Where records are written to: the path of one file, compressed if it ends in `.gz` or `.zst`; a folder, which has a file for each range
 * of a table; or a stream, such as `process.stdout`, which is not ended.
 */
export type FileSink = string | FolderSink | Writable;

/** A folder with a file for each range of a table. It is made if it is not there. */
export interface FolderSink {
  readonly folder: string;
  /** What the names of its files begin with; default `part`. Several processes write into one folder if each has a name of its own. */
  readonly name?: string;
  readonly compress?: FileCompression;
  /**
   * Where the ranges are noted whose files are whole; default: a journal in the folder, `rxcql.journal`, or `<name>.journal`. `false`: nowhere, for
   * somebody else knows it, such as a queue. The file of a range is then replaced if it is there, several programs may write it at the same
   * time, in which case it is that of the last, and there is no manifest.
   */
  readonly checkpoint?: CheckpointStore | false;
}

/** A file that has been written whole, and is on the disk. */
export interface FileWritten {
  /** Its path; `-` for a stream. */
  readonly file: string;
  /** How many records it has. */
  readonly rows: number;
  /** How many bytes, compressed if it is. */
  readonly bytes: number;
  /** The SHA-256 of these bytes, in hexadecimal digits. */
  readonly sha256: string;
  /** In a folder: the range whose rows they are. */
  readonly range?: TokenRange;
}
