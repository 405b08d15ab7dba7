import type { Readable } from 'node:stream';
import { Observable } from 'rxjs';
import { startGuarded, type ProcessEnd, type ProcessOptions } from './guarded-process.js';

export interface CommandResult extends ProcessEnd {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end and emits what it wrote, whatever its exit code (127: there is no such command). Cold: each
 * subscription runs it anew; unsubscribing kills it.
 */
export function runCommand(
  command: string,
  parameters: readonly string[],
  options?: ProcessOptions,
): Observable<CommandResult> {
  return new Observable((subscriber) => {
    const process = startGuarded(command, parameters, options);
    const stdout = collectText(process.stdout);
    const stderr = collectText(process.stderr);
    subscriber.add(() => process.signal('SIGKILL'));
    process.ended.subscribe({
      next: (end) => subscriber.next({ ...end, stdout: stdout.join(''), stderr: stderr.join('') }),
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });
}

function collectText(stream: Readable): readonly string[] {
  const chunks: string[] = [];
  stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return chunks;
}
