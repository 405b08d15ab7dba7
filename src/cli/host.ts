import type { Readable, Writable } from 'node:stream';
import type { Observable } from 'rxjs';
import type { Session } from '../session/session.js';
import type { CloudSessionOptions, SessionOptions } from '../session/session-options.js';
import type { HeapSize } from './keep-heap.js';

/** What may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What a command has of its process, and of the world: in a test all of it is something else. */
export interface Host {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Emits when somebody wants it to end. */
  readonly signals: Observable<unknown>;
  /** Has the process take less memory, for more of CPU time. */
  keepHeap(size: HeapSize): void;
  createSession(options: SessionOptions | CloudSessionOptions): Session;
  /** Another process of this program; with these variables besides its own. */
  spawn(args: readonly string[], env: Readonly<Record<string, string>>): Worker;
}

/** Another process of this program. */
export interface Worker {
  /** What it says on the standard error, line by line; completes when it has said all. */
  readonly lines: Observable<string>;
  /** What it writes to the standard output, line by line. */
  readonly output: Observable<string>;
  /** Emits what it has ended with, once all has been said, and completes; 5 for one that was killed. */
  readonly ended: Observable<number>;
  /** Asks it to end. */
  stop(): void;
  /** Ends it. */
  kill(): void;
}
