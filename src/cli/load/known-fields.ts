import type { Page } from '../../operators/page.js';
import { mapPage } from '../../operators/map-page.js';
import { BadRecord } from '../../etl/files/bad-record.js';
import type { FilePage, FilePlace } from '../../etl/files/file-page.js';
import { columnOfTimes } from './load-times.js';

const NAMELESS = 'It is an array: of its values nobody knows the columns.';

type FileRecord = Readonly<Record<string, unknown>> | BadRecord;

/**
 * Refuses records without names, and those with a field that is no column: it would be left out, and nobody would know. Of files in which each record has
 * names of its own: those of others are looked at once. What becomes of the times of cells is decided when a file is begun.
 *
 * @param known Undefined where it is said elsewhere which fields are taken.
 */
export function onlyKnownFields(
  page: FilePage<FileRecord>,
  known: ReadonlySet<string> | undefined,
): Page<FileRecord> & { positionOf(row: number): FilePlace } {
  const checked: Page<FileRecord> = mapPage(page, (record, row) => {
    if (record instanceof BadRecord) return record;
    const mistake = Array.isArray(record) ? NAMELESS : known && strayField(record, known);
    return mistake === undefined ? record : new BadRecord(mistake, page.positionOf(row), JSON.stringify(record));
  });
  return Object.assign(checked, { positionOf: (row: number) => page.positionOf(row) });
}

function strayField(record: object, known: ReadonlySet<string>): string | undefined {
  const stray = Object.keys(record).find((name) => !known.has(name) && !known.has(columnOfTimes(name) ?? ''));
  return stray === undefined ? undefined : `It has a field ${JSON.stringify(stray)}, which is no column.`;
}
