import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CheckpointHeader } from '../checkpoint-store.js';
import { syncFolder } from '../sync-folder.js';
import { writeWhole } from '../write-whole.js';
import type { FileWork } from './file-work.js';

/** What is in a folder, when all of it is: for whoever reads the files, and needs to know that none is missing. */
export interface Manifest {
  readonly version: 1;
  readonly format: string;
  readonly compress: string | null;
  readonly columns: FileWork['columns'];
  /** What the work was begun as: the header that `resume()` was given. */
  readonly header: CheckpointHeader;
  /** Which part of the ring the files have, from 0 to 1; ranges without rows have no file, and count. */
  readonly fraction: number;
  readonly rows: number;
  readonly bytes: number;
  readonly files: readonly ManifestFile[];
}

export interface ManifestFile {
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** The range: behind this token, */
  readonly start: string;
  /** up to this one. */
  readonly end: string;
}

/** Puts it in the place of the one before, in one step. */
export function writeManifest(path: string, manifest: Manifest): void {
  const temporary = `${path}.tmp`;
  const file = openSync(temporary, 'w');
  try {
    writeWhole(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}
