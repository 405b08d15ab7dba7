import { SingleBar } from 'cli-progress';
import { defer, type MonoTypeOperatorFunction, tap } from 'rxjs';
import { bar, rate, seconds, whole } from './text.js';

export interface Progress {
  readonly rows: number;
  readonly inFlight: number;
  /** Milliseconds. */
  readonly elapsed: number;
}

interface Display {
  show(progress: Progress): void;
  stop(): void;
}

/** Shows the progress that flows through, as a bar on a terminal and as some lines elsewhere. */
export function showProgress(total: number): MonoTypeOperatorFunction<Progress> {
  return (source) =>
    defer(() => {
      const display = process.stdout.isTTY ? progressBar(total) : progressLines(total);
      const stop = (): void => display.stop();
      // Not finalize(), which comes after the end has been told: by then others write to the terminal.
      return source.pipe(
        tap({ next: (progress) => display.show(progress), complete: stop, error: stop, unsubscribe: stop }),
      );
    });
}

function progressBar(total: number): Display {
  const terminal = new SingleBar({
    stream: process.stdout,
    hideCursor: true,
    gracefulExit: false, // whoever interrupts us unsubscribes
    format: (_options, _parameters, progress: Progress) =>
      `   ${bar(progress.rows / total, 22)} ${describe(progress, total)}`,
  });
  terminal.start(total, 0, { rows: 0, inFlight: 0, elapsed: 0 } satisfies Progress);
  return { show: (progress) => terminal.update(progress.rows, progress), stop: () => terminal.stop() };
}

function progressLines(total: number): Display {
  const step = Math.ceil(total / 5);
  return {
    show: (progress) => {
      if (progress.rows % step === 0 || progress.rows === total) console.log(`   ${describe(progress, total)}`);
    },
    stop: () => undefined,
  };
}

function describe({ rows, inFlight, elapsed }: Progress, total: number): string {
  const left = rows === 0 ? '?' : seconds((elapsed / rows) * (total - rows));
  return `${whole(rows)} rows, ${rate(rows, elapsed)}, ETA ${left}, ${inFlight} in flight`;
}
