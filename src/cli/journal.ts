import { existsSync, readFileSync, rmSync } from 'node:fs';
import { ConfigurationError } from '../errors.js';
import { FILES_HEADER } from '../etl/checkpoint-store.js';
import { nameOf } from './options/cli-option.js';
import type { Command } from './commands/command.js';
import { writeJob } from './job-file.js';
import type { Shard } from './options/ranges.js';
import type { Task } from './task.js';

/** The journal of a part of the work: each has its own. */
export function journalOf(path: string, shard: Shard | undefined): string {
  if (shard === undefined || shard.of === 1) return path;
  return `${path.replace(/\.journal$/, '')}.${shardName(shard)}.journal`;
}

export function shardName({ index, of }: Shard): string {
  return `shard-${index}-of-${of}`;
}

/**
 * Notes what is begun, so that it can be gone on with.
 *
 * @param journal Of the whole work, or of its part.
 * @param resumption What `rxcql resume` is called with.
 * @throws ConfigurationError if it was begun before, and nobody has said to go on.
 */
export function beginJob(command: Command, task: Task, journal: string, resumption: string): void {
  const { options } = task;
  const isWanted = options.flag('resume') === true || options.flag('overwrite') === true;
  if (!isWanted && isBegun(journal)) {
    throw new ConfigurationError(
      `There is a journal, ${journal}: it was begun before. "rxcql resume ${resumption}" goes on with what is left of it; ${anew(command, journal)}.`,
    );
  }
  if (!isWanted) rmSync(journal, { force: true });
  writeJob(journal, command.name, options.values, command.options);
  task.resumption = ['resume', resumption];
}

/** What begins it once more. */
function anew(command: Command, journal: string): string {
  const canReplace = command.options.some((option) => nameOf(option) === 'overwrite');
  return canReplace ? '--overwrite begins it anew, without what is there' : `without ${journal}, it begins anew`;
}

/** A journal with no more than its header is of something that was never begun; unless it knows of files, of which there may be the beginnings. */
function isBegun(journal: string): boolean {
  if (!existsSync(journal)) return false;
  const [header = '', ...notes] = readFileSync(journal, 'utf8').split('\n');
  return notes.length > 1 || header.includes(JSON.stringify(FILES_HEADER));
}
