import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../../errors.js';
import { JOURNAL } from '../job-file.js';
import { journalOf, shardName } from '../journal.js';
import { compressionOf, formatOf, placeOf } from '../options/files.js';
import type { Task } from '../task.js';

/** Where an unload goes. */
export type Sink = { readonly kind: 'stream' } | { readonly kind: 'file'; readonly path: string } | UnloadFolder;

/** A folder, which can be gone on with. */
export interface UnloadFolder {
  readonly kind: 'folder';
  readonly path: string;
  /** Of the whole work. */
  readonly mainJournal: string;
  /** Of this part of it. */
  readonly journal: string;
  /** What the names of its files begin with: of each part another one. */
  readonly name: string | undefined;
}

/** @throws ConfigurationError for files that cannot be, before anything is made for them */
export function sinkOf(task: Task): Sink {
  const { options, shard } = task;
  const path = placeOf(options);
  if (formatOf(options, path) === 'parquet' && compressionOf(options) !== undefined) {
    throw new ConfigurationError('Parquet files are compressed in themselves: leave --compress out.');
  }
  if (path === '-') return { kind: 'stream' };
  if (isFile(path)) return { kind: 'file', path };
  const mainJournal = options.text('checkpoint') ?? join(path, JOURNAL);
  const name = shard === undefined || shard.of === 1 ? undefined : shardName(shard);
  return { kind: 'folder', path, mainJournal, journal: journalOf(mainJournal, shard), name };
}

/** What is there is what it is; what is not is a file if it is called as one. */
function isFile(path: string): boolean {
  if (existsSync(path)) return !statSync(path).isDirectory();
  return /\.(csv|ndjson|jsonl|json|parquet)(\.gz|\.zst)?$/.test(path);
}
