#!/usr/bin/env node
import { EXIT } from './exit-code.js';
import { processHost } from './process-host.js';
import { run } from './run.js';

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
