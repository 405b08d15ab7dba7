import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigurationError } from '../errors.js';
import { makeFolder } from '../etl/make-folder.js';
import { writeWhole } from '../etl/write-whole.js';
import { type CliOption, nameOf, type Values } from './options/cli-option.js';

/** What was begun: enough to go on with it, and no secret. It lies beside the journal, which says how far it has come. */
export interface Job {
  readonly command: string;
  readonly values: Values;
}

/** The journal of what a folder is unloaded to. */
export const JOURNAL = 'rxcql.journal';

/** `orders.journal` has `orders.job.json`. */
export function jobFileOf(journal: string): string {
  return `${journal.replace(/\.journal$/, '')}.job.json`;
}

/** Notes what is begun. It is on the disk when this returns. */
export function writeJob(journal: string, command: string, values: Values, options: readonly CliOption[]): void {
  const noted: Record<string, string | boolean> = {};
  for (const option of options) {
    const name = nameOf(option);
    const value = values[name];
    if (value === undefined || option.isSecret === true || NOT_NOTED.has(name)) continue;
    // It may be gone on with from another folder.
    noted[name] = option.isPath === true && value !== '-' ? resolve(String(value)) : value;
  }
  const path = jobFileOf(journal);
  makeFolder(dirname(path));
  const file = openSync(`${path}.tmp`, 'w');
  try {
    writeWhole(file, `${JSON.stringify({ rxcql: 1, command, values: noted }, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.tmp`, path);
}

/** What matters for one run alone. */
const NOT_NOTED: ReadonlySet<string> = new Set(['progress', 'dry-run', 'debug', 'resume', 'overwrite']);

/**
 * What was begun, by the folder that it is in, by its journal, or by the file itself.
 *
 * @throws ConfigurationError where nothing was begun.
 */
export function readJob(path: string): Job {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const journal = isFolder ? join(path, JOURNAL) : path;
  const file = path.endsWith('.job.json') ? path : jobFileOf(journal);
  if (!existsSync(file)) {
    throw new ConfigurationError(`Nothing that could be gone on with was begun in ${path}: there is no ${file}.`);
  }
  const { command, values } = parsed(file);
  // It may have been moved since.
  return isFolder && 'url' in values ? { command, values: { ...values, url: path } } : { command, values };
}

function parsed(file: string): Job {
  try {
    const { command, values } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Job>;
    if (typeof command === 'string' && typeof values === 'object') return { command, values };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ConfigurationError(`The file ${file} does not say what was begun.`);
}
