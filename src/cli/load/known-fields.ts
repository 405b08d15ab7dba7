import type { Page } from '../../operators/page.js';
import { mapPage } from '../../operators/map-page.js';
import { BadRecord } from '../../etl/files/bad-record.js';
import type { FilePage, FilePlace } from '../../etl/files/file-page.js';
import { columnOfTimes } from './load-times.js';

type FileRecord = Readonly<Record<string, unknown>> | BadRecord;

/**
 * Refuses records with a field that is no column: it would be left out, and nobody would know. Of files in which each record has names of its
 * own: those of others are looked at once. What becomes of the times of cells is decided when a file is begun.
 */
export function onlyKnownFields(
  page: FilePage<FileRecord>,
  known: ReadonlySet<string>,
): Page<FileRecord> & { positionOf(row: number): FilePlace } {
  const checked: Page<FileRecord> = mapPage(page, (record, row) => {
    if (record instanceof BadRecord || Array.isArray(record)) return record;
    const isStray = Object.keys(record).some((name) => !known.has(name) && !known.has(columnOfTimes(name) ?? ''));
    if (!isStray) return record;
    return new BadRecord('It has a field that is no column.', page.positionOf(row), JSON.stringify(record));
  });
  return Object.assign(checked, { positionOf: (row: number) => page.positionOf(row) });
}
