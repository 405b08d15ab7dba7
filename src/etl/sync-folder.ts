import { closeSync, fsyncSync, openSync } from 'node:fs';

/** A new name of a file is on the disk when its folder is. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
