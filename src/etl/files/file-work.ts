import { createHash } from 'node:crypto';
import type { Column } from '../../operators/page.js';
import { columnType } from './column-type.js';

/** What the files of a folder have in common, as the journal keeps it: what is gone on with has to be the same. */
export interface FileWork {
  /** What the names of the files begin with. */
  readonly name: string;
  readonly extension: string;
  readonly compress: string | null;
  /** Of the format. */
  readonly settings?: string | undefined;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Of the columns and all that their types consist of: a type may have other fields, and the same name. */
  readonly digest: string;
}

/** @throws ConfigurationError for a column whose type is none. */
export function fileWork(
  { name, extension, compress, settings }: Pick<FileWork, 'name' | 'extension' | 'compress' | 'settings'>,
  columns: readonly Pick<Column, 'name' | 'type'>[],
): FileWork {
  const structure = JSON.stringify(columns.map((column) => [column.name, columnType(column)]));
  const digest = createHash('sha256').update(structure).digest('hex');
  const named = columns.map((column) => ({ name: column.name, type: column.type }));
  return { name, extension, compress, settings, columns: named, digest };
}
