import type { Output } from '../host.js';
import type { Reading } from './reading.js';
import type { Reporter } from './reporter.js';
import type { Summary } from './summary.js';

/** A line of JSON a second, and one at the end: for machines, and for the workers of a command. */
export class JsonReporter implements Reporter {
  readonly every = 1_000;
  private readonly command: string;
  private readonly output: Output;

  constructor(command: string, output: Output) {
    this.command = command;
    this.output = output;
  }

  progress(reading: Reading): void {
    this.write({ event: 'progress', command: this.command, ...reading });
  }

  say(text: string): void {
    this.write({ event: 'message', command: this.command, message: text.trimEnd() });
  }

  end({ reading, ...summary }: Summary): void {
    this.write({ event: 'end', ...summary, ...reading });
  }

  private write(line: object): void {
    this.output.write(`${JSON.stringify(line)}\n`);
  }
}
