import { resolve } from 'node:path';
import { concatMap, defer, filter, finalize, identity, type Observable, type OperatorFunction, tap } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { isPassing } from '../../etl/failure-kind.js';
import { BadRecord } from '../../etl/files/bad-record.js';
import type { FilePlace } from '../../etl/files/file-page.js';
import type { Outcome } from '../../etl/outcome.js';
import { writeTo } from '../../etl/write-to.js';
import type { Session } from '../../session/session.js';
import { countOutcomes } from '../failures.js';
import { LoadJournal } from './load-journal.js';
import { filesOf, type LoadPage, type LoadRecord, loadSource, PAGE_SIZE } from './load-source.js';
import type { LoadTarget } from './load-target.js';
import { PagesInWork } from './pages-in-work.js';
import { runsOf } from './runs-of.js';
import { timedWrites } from './timed-writes.js';
import { paceOf } from '../options/writing.js';
import type { Task } from '../task.js';

type Writer = OperatorFunction<LoadPage, Outcome>;

/**
 * Writes the records of files. The records of a page are begun before those of the one before have ended; what is noted as done are pages, in
 * their order.
 *
 * @param journal Where it is noted how far files have been loaded.
 */
export function loading(
  task: Task,
  session: Session,
  target: LoadTarget,
  journal: string | undefined,
): Observable<Outcome> {
  return defer(() => {
    const { options, shard, host, meter } = task;
    const notes = journal === undefined ? undefined : openJournal(journal, task, target);
    const inWork = notes && new PagesInWork((file, line) => notes.done(file, line));
    const { pages, convert, isUniform } = loadSource(options, host, target.fields);
    const batch = options.oneOf('batch', ['partition', 'none'] as const) ?? 'none';
    const isPutAway = options.text('dead-letter') !== undefined;
    const writing = { ...paceOf(options), batch, convert };
    const writers = new Map<string, Writer>();
    const writerFor = (page: LoadPage): Writer => {
      const known = writers.get(fileOf(page));
      const first = known === undefined ? firstRecord(page) : undefined;
      if (first === undefined) return known ?? writeTo<LoadRecord>(session, target.cql, writing);
      const file = { file: fileOf(page), fields: Object.keys(first), isUniform };
      const times = target.timesOf(file);
      const cql = target.cqlFor(file);
      const writer =
        times === undefined || target.shape === undefined
          ? writeTo<LoadRecord>(session, cql, writing)
          : timedWrites(session, { ...times, cql, shape: target.shape }, convert, writing);
      writers.set(fileOf(page), writer);
      return writer;
    };
    const isWanted = (page: LoadPage, i: number): boolean => {
      const isOthers = shard !== undefined && i % shard.of !== shard.index;
      if (!isOthers && (notes === undefined || lineOf(page) > notes.lineOf(fileOf(page)))) {
        inWork?.begin(fileOf(page), lineOf(page), page.rowCount);
        return true;
      }
      page.skip();
      return false;
    };
    const ended = (): void => {
      if (task.isStopping) return;
      if (meter.rows + meter.failed === 0 && notes?.isNew !== false) task.say('There was nothing to load.\n');
      if (notes?.hasOpen !== true) task.resumption = undefined;
    };
    return task.untilStopped(pages).pipe(
      filter(isWanted),
      runsOf(writerFor),
      concatMap(({ key: writer, values }) => values.pipe(writer)),
      tap(({ position }) => meter.place(position)),
      // What is in a file of its own is done, and what is wrong with a record will be the next time.
      tap((outcome) => {
        if (!isPutAway && outcome.kind === 'failed' && isPassing(outcome.error)) notes?.leaveOpen(fileAt(outcome));
      }),
      countOutcomes(task),
      // What has failed is put away by now.
      inWork === undefined ? identity : tap(({ position }) => noteEnd(inWork, position)),
      tap({ complete: ended }),
      finalize(() => notes?.close()),
    );
  });
}

function noteEnd(inWork: PagesInWork, position: unknown): void {
  const { file, line } = position as Pick<FilePlace, 'file' | 'line'>;
  inWork.ended(file, line);
}

/** What decides which records a file has, and what is in them. */
const FORM = 'format compress delimiter quote escape comment header null skip limit tombstones'.split(' ');

function openJournal(path: string, { options, shard }: Task, { cql, isIdempotent }: LoadTarget): LoadJournal {
  if (!isIdempotent) {
    throw new ConfigurationError('A load that adds to what is there cannot be gone on with: some would be added twice. Leave --checkpoint out.'); // prettier-ignore
  }
  const files = filesOf(options);
  if (files.some(({ size }) => size === undefined)) {
    throw new ConfigurationError(
      'A load of the standard input cannot be gone on with: leave --checkpoint out, or name a file.',
    );
  }
  return new LoadJournal(path, {
    load: cql,
    // Pages are what is shared, and what is noted.
    pageSize: options.text('page-size') ?? String(PAGE_SIZE),
    shard: shard === undefined ? '' : `${shard.index}/${shard.of}`,
    files: JSON.stringify(files.map(({ name, size }) => [resolve(name), size])),
    form: JSON.stringify(FORM.map((name) => options.text(name) ?? null)),
  });
}

function firstRecord(page: LoadPage): object | undefined {
  const cursor = page.rows.cursor();
  for (let left = page.rowCount; left > 0; left--) {
    const record = cursor.next();
    if (!(record instanceof BadRecord)) return record;
  }
  return undefined;
}

function fileAt({ position }: Outcome): string {
  return (position as FilePlace).file;
}

function fileOf(page: LoadPage): string {
  return page.positionOf(0).file;
}

/** Of its last record. */
function lineOf(page: LoadPage): number {
  return page.rowCount === 0 ? 0 : page.positionOf(page.rowCount - 1).line;
}
