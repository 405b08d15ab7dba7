import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../../errors.js';
import { journalOf, shardName } from '../journal.js';
import type { Shard } from '../options/ranges.js';

/** `part-…` of a whole table, `shard-0-of-4-…` of a part of it, as `toFiles()` calls them. */
const RANGE_FILE =
  /^(part|shard-(\d{1,9})-of-(\d{1,9}))-\d{20}-\d{20}\.(?:csv|ndjson|parquet)(?:\.gz|\.zst)?(?:\.tmp)?$/;

/** The files of one part of a table in a folder. */
interface PartFiles {
  readonly name: string;
  readonly shard: Shard | undefined;
  readonly files: string[];
}

/**
 * Sees to it that a folder has the files of one division of the table. Each shard has a journal of its own and knows nothing of the
 * others: where there were four and are two now, each row would be there twice.
 *
 * @param shards How many there are now.
 * @param isReplaced Whether those of another division are removed, with their journals.
 * @throws ConfigurationError
 */
export function refuseOtherShards(folder: string, shards: number, mainJournal: string, isReplaced: boolean): void {
  const others = partsIn(folder).filter(({ shard }) => (shard?.of ?? 1) !== shards);
  const [first] = others;
  if (first === undefined) return;
  if (!isReplaced) {
    throw new ConfigurationError(
      `The folder ${folder} has files of another division of the table, ${first.name}-*: each row would be there twice. Go on with as many ` +
        'shards and workers as it was begun with, write into another folder, or have them removed by --overwrite.',
    );
  }
  for (const { name, shard, files } of others) {
    const manifest = shard === undefined ? 'manifest.json' : `${name}.manifest.json`;
    rmSync(journalOf(mainJournal, shard), { force: true });
    for (const file of [...files, manifest]) rmSync(join(folder, file), { force: true });
  }
}

function partsIn(folder: string): PartFiles[] {
  if (!existsSync(folder)) return [];
  const parts = new Map<string, PartFiles>();
  for (const file of readdirSync(folder)) {
    const [, name, index, of] = RANGE_FILE.exec(file) ?? [];
    if (name === undefined) continue;
    const shard = index === undefined ? undefined : { index: Number(index), of: Number(of) };
    const part = parts.get(name) ?? { name: shard === undefined ? name : shardName(shard), shard, files: [] };
    part.files.push(file);
    parts.set(name, part);
  }
  return [...parts.values()];
}
