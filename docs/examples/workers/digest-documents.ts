// A worker of workers.ts, with a session of its own: says that it is connected, takes one task, answers it, and ends.
import { pbkdf2Sync } from 'node:crypto';
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { concatMap, lastValueFrom, reduce } from 'rxjs';
import { createSession, mergeRows, pagesFrom, type SessionOptions } from 'rxcql';

/** The shelves whose documents are to be digested. */
export type Task = readonly number[];

export interface Answer {
  readonly documents: number;
  /** All digests in one, in whatever order they were made. */
  readonly checksum: number;
}

const session = createSession(workerData as SessionOptions);
await lastValueFrom(session.connect());
parentPort!.postMessage('connected');
const [shelves] = (await once(parentPort!, 'message')) as [Task];

/** Costly on purpose: this is what keeps a thread busy. */
const digest = (text: string): number => pbkdf2Sync(text, 'salt', 500, 4, 'sha256').readInt32LE();

const select = 'SELECT text FROM rxcql_workers.documents WHERE shelf = ?';
const answer = pagesFrom(shelves).pipe(
  mergeRows((shelf) => session.query<{ text: string }>(select, [shelf]).pipe(concatMap((page) => page)), 4),
  reduce(({ documents, checksum }, { text }) => ({ documents: documents + 1, checksum: checksum ^ digest(text) }), {
    documents: 0,
    checksum: 0,
  } as Answer),
);
parentPort!.postMessage(await lastValueFrom(answer));
await lastValueFrom(session.close());
