import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { fromEvent, map, merge, type Observable, shareReplay, take, takeUntil } from 'rxjs';
import { createSession } from '../session/connect.js';
import { EXIT } from './exit-code.js';
import type { Host, Worker } from './host.js';
import { keepHeap } from './keep-heap.js';

/** Set for workers: their standard input is nothing to read, and ends with the process that they work for. */
const WORKER = 'RXCQL_IS_WORKER';

/** The process that this is. */
export function processHost(): Host {
  const { stdin, stdout, stderr, env } = process;
  // Who reads from a pipe may leave; what is to be written there is told of it.
  for (const output of [stdout, stderr]) output.on('error', () => undefined);
  if (env[WORKER] !== undefined) stdin.on('end', () => process.exit(EXIT.interrupted)).resume();
  return {
    stdin,
    stdout,
    stderr,
    env,
    signals: merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM')),
    keepHeap,
    createSession,
    spawn: (args, variables) => {
      const program = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? 'main.ts' : 'main.js', import.meta.url));
      return workerOf(
        spawn(process.execPath, [...process.execArgv, program, ...args], {
          env: { ...env, ...variables, [WORKER]: '1' },
          stdio: ['pipe', 'pipe', 'pipe'],
          // Ctrl-C in a terminal is for all processes of a group; here one tells the others.
          detached: true,
        }),
      );
    },
  };
}

function workerOf(child: ChildProcess): Worker {
  const ended = fromEvent(child, 'close', (code: number | null) =>
    code === null || code > EXIT.crash ? EXIT.crash : code,
  ).pipe(take(1), shareReplay(1));
  // The process may have ended before somebody asks.
  ended.subscribe();
  const linesOf = (stream: Readable): Observable<string> => {
    const reader = createInterface({ input: stream, crlfDelay: Infinity });
    return fromEvent(reader, 'line').pipe(map(String), takeUntil(fromEvent(reader, 'close')));
  };
  return {
    lines: linesOf(child.stderr!),
    output: linesOf(child.stdout!),
    ended,
    stop: () => void child.kill('SIGTERM'),
    kill: () => void child.kill('SIGKILL'),
  };
}
