#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { EXIT } from './exit-code.js';
import { processHost } from './process-host.js';
import { run } from './run.js';

// Much of what is read lives for a page, and then is garbage: by its own measure, V8 would let four times as much of it pile up as there is in use.
setFlagsFromString('--heap-growing-percent=50');

const host = processHost();

/** Ends when all has been written: what goes into a pipe may still be on its way. */
function end(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

process.on('uncaughtException', (error) => {
  process.stderr.write(`This is a defect of rxcql; please report it. ${error.stack ?? error.message}\n`);
  end(EXIT.crash);
});
run(process.argv.slice(2), host).subscribe(end);
