import type { Page } from '../operators/page.js';
import { mapPage } from '../operators/map-page.js';
import { BadRecord } from '../etl/files/bad-record.js';
import type { LoadPage, LoadRecord } from './load-source.js';

/**
 * Refuses records with a field that is no column: it would be left out, and nobody would know. Of files in which each record has names of its
 * own: those of others are looked at once.
 */
export function onlyKnownFields(page: LoadPage, known: ReadonlySet<string>): LoadPage {
  const checked: Page<LoadRecord> = mapPage(page, (record, row) => {
    if (record instanceof BadRecord || Array.isArray(record)) return record;
    const isStray = Object.keys(record).some((name) => !known.has(name));
    if (!isStray) return record;
    return new BadRecord('It has a field that is no column.', page.positionOf(row), JSON.stringify(record));
  });
  return Object.assign(checked, { positionOf: (row: number) => page.positionOf(row) });
}
