import { type Stats, statSync } from 'node:fs';
import { concat, concatMap, defer, EMPTY, finalize, type Observable, of } from 'rxjs';
import { notAPage } from '../../operators/not-a-page.js';
import type { Page } from '../../operators/page.js';
import { FileError } from './file-error.js';
import { fileFailure } from './file-failure.js';
import type { FileWritten } from './file-sink.js';
import type { FileTarget } from './file-target.js';
import type { OutputFile } from './output-file.js';
import { deviceTarget } from './stream-target.js';
import { TemporaryFile } from './temporary-file.js';

/**
 * Writes all pages into one file, one after another: each is delivered when it has been written.
 *
 * @param open Begins the file.
 */
export function writeSingleFile(source: Observable<Page<unknown>>, open: () => OutputFile): Observable<FileWritten> {
  return defer(() => {
    const file = open();
    const added = source.pipe(
      concatMap((page) => {
        const mistake = notAPage(page, 'A file');
        if (mistake !== undefined) throw mistake;
        return concat(file.add(page), defer(() => delivered(page))); // prettier-ignore
      }),
    );
    const published = defer(() => of(file.publish()));
    return concat(added, file.end(), published).pipe(finalize(() => file.discard()));
  });
}

function delivered(page: Page<unknown>): Observable<never> {
  page.skip();
  return EMPTY;
}

/** What a path leads to. @throws FileError if nothing may be written there. */
export function pathTarget(path: string, overwrite: boolean): FileTarget {
  const found = statsOf(path);
  if (found === undefined || (found.isFile() && overwrite)) return new TemporaryFile(path);
  const named = JSON.stringify(path);
  if (found.isDirectory()) {
    throw new FileError(path, `${named} is a folder: give { folder: ${named} } for a file for each range of a table.`);
  }
  if (!found.isFile()) return deviceTarget(path);
  throw new FileError(path, `The file ${named} is there already: give another path, or the option "overwrite".`);
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw fileFailure(path, 'made', error);
  }
}
