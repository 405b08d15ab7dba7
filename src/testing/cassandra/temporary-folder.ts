import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { AsyncSubject, defer, type Observable } from 'rxjs';

export interface TemporaryFolder {
  readonly path: string;
  /** Removes it. Completes when that is done. */
  remove(): Observable<never>;
}

// Waits for a line, or for the end of the file, which comes when the process that made the folder is gone. What still runs
// in the folder at that moment is about to be killed, but may get in the way of the first attempt.
const script = 'read -r _; rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }';

/** Makes a folder whose name begins with `prefix`. It goes with this process, whatever ends this process. */
export function temporaryFolder(prefix: string): TemporaryFolder {
  const path = mkdtempSync(prefix);
  // A process, because none of our own code runs when we are killed; in a session of its own, since Ctrl-C is not for it.
  const janitor = spawn('/bin/sh', ['-c', script, 'sh', path], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const removed = new AsyncSubject<never>();
  janitor.once('close', () => removed.complete());
  janitor.on('error', () => undefined); // not started: 'close' follows, and the folder stays
  janitor.stdin.on('error', () => undefined); // somebody has killed it
  return {
    path,
    remove: () =>
      defer(() => {
        janitor.stdin.end('\n');
        return removed;
      }),
  };
}
