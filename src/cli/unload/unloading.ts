import { rmSync } from 'node:fs';
import { identity, type Observable, switchMap, tap } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { resume } from '../../etl/checkpoint.js';
import { checkpointFile } from '../../etl/checkpoint-store.js';
import type { FileSink, FileWritten } from '../../etl/files/file-sink.js';
import { toFiles } from '../../etl/files/to-files.js';
import { scan } from '../../etl/scan.js';
import type { ScanPage } from '../../etl/scan-page.js';
import type { Page } from '../../operators/page.js';
import type { TokenRange } from '../../etl/token-range.js';
import type { Session } from '../../session/session.js';
import type { Command } from '../commands/command.js';
import { missingRanges } from '../failures.js';
import { fileFormat } from './file-format.js';
import { finishBegun } from './finish-begun.js';
import { beginJob } from '../journal.js';
import { compressionOf, formatOf, placeOf } from '../options/files.js';
import type { Options } from '../options/options.js';
import { scanOptions, workersOf } from '../options/ranges.js';
import { refuseOtherShards } from './other-shards.js';
import { plannedRanges } from '../planned-ranges.js';
import { type Source, sourceIn } from '../source.js';
import type { Task } from '../task.js';
import { type Sink, sinkOf, type UnloadFolder } from './unload-sink.js';
import { readingOf, statementText } from './unload-source.js';

/** Reads a table and writes files. Emits them. */
export function unloading(command: Command, task: Task, session: Session): Observable<FileWritten> {
  const sink = sinkOf(task);
  if (sink.kind !== 'folder' && task.shard !== undefined) {
    throw new ConfigurationError('A shard writes into a folder: --url names one.');
  }
  return sourceIn(session, task.options).pipe(switchMap((source) => written(command, task, session, source, sink)));
}

/** Notes what is begun; what was there before is gone where that is wanted. */
export function beginUnload(command: Command, task: Task, { path, journal, mainJournal }: UnloadFolder): void {
  const { options } = task;
  const isReplaced = options.flag('overwrite') === true && options.flag('resume') !== true;
  refuseOtherShards(path, (task.shard?.of ?? 1) * workersOf(options), mainJournal, isReplaced);
  if (isReplaced) rmSync(journal, { force: true });
  const isElsewhere = options.text('checkpoint') !== undefined;
  beginJob(command, task, task.shard === undefined ? mainJournal : journal, isElsewhere ? mainJournal : path);
}

function written(command: Command, task: Task, session: Session, source: Source, sink: Sink): Observable<FileWritten> {
  const { options, meter } = task;
  const { tableOrQuery, options: columns } = readingOf(source, options);
  if (sink.kind === 'folder') beginUnload(command, task, sink);
  const header = { unload: statementText(source, options), form: JSON.stringify(formOf(task)) };
  const left = (plan: Observable<TokenRange>): Observable<TokenRange> =>
    sink.kind === 'folder' ? resume(checkpointFile(sink.journal), plan, header) : plan;
  const pages = plannedRanges(task, session, source.table, left).pipe(
    switchMap((ranges) =>
      scan(session, tableOrQuery, { ...concurrencyFor(options), ...scanOptions(options), ...columns, ranges }),
    ),
    tap((page) => meter.page(page)),
  );
  const wanted = endedFor(sink, task, pages);
  const fileOptions = { overwrite: options.flag('overwrite') === true };
  return fileFormat(options).pipe(
    switchMap((format) => wanted.pipe(toFiles(format, targetOf(task, sink), fileOptions))),
    tap(({ bytes }) => meter.wrote(bytes)),
    sink.kind === 'file' ? identity : missingRanges(task),
  );
}

/** The pages, as they end when somebody wants an end. */
function endedFor({ kind }: Sink, task: Task, pages: Observable<ScanPage>): Observable<Page> {
  // A file that is not whole is none.
  if (kind === 'file') return task.failedWhenStopped(pages);
  return kind === 'folder' ? pages.pipe(finishBegun(task.stopping)) : task.untilStopped(pages);
}

/** A page of Parquet takes longer to be written than to be read: more of them would only wait, each in memory. */
const PARQUET_AT_A_TIME = 4;

function concurrencyFor(options: Options): { concurrency?: number } {
  return formatOf(options, placeOf(options)) === 'parquet' ? { concurrency: PARQUET_AT_A_TIME } : {};
}

function targetOf(task: Task, sink: Sink): FileSink {
  if (sink.kind === 'stream') return task.host.stdout;
  if (sink.kind === 'file') return sink.path;
  const { path, name, journal } = sink;
  const compress = compressionOf(task.options);
  const checkpoint = checkpointFile(journal);
  return { folder: path, checkpoint, ...(name !== undefined && { name }), ...(compress && { compress }) };
}

/** What files of one unload have in common. */
function formOf({ options }: Task): readonly (string | null)[] {
  return ['format', 'delimiter', 'quote', 'header', 'null'].map((name) => options.text(name) ?? null);
}
