import { catchError, defer, type Observable, of, switchMap } from 'rxjs';
import { unknownName } from '../check.js';
import { ConfigurationError } from '../errors.js';
import type { Command } from './commands/command.js';
import { COMMANDS } from './commands/commands.js';
import { exitCodeOf } from './exit-code.js';
import { failureText } from './failure-text.js';
import type { Host } from './host.js';
import { readJob } from './job-file.js';
import { nameOf } from './options/cli-option.js';
import { type Invocation, parse } from './program.js';
import { resolveOptions, type Told } from './resolve-options.js';
import { runCommand } from './run-command.js';

/**
 * Runs the program: emits the exit code once, and completes. Never errors.
 *
 * @param argv The arguments, without those for Node.js.
 */
export function run(argv: readonly string[], host: Host): Observable<number> {
  return defer(() => {
    const invocation = parse(argv, COMMANDS, host);
    return typeof invocation === 'number' ? of(invocation) : start(invocation, host);
  }).pipe(
    catchError((error: unknown) => {
      host.stderr.write(`${failureText(error, argv.includes('--debug'))}\n`);
      return of(exitCodeOf(error));
    }),
  );
}

function start(invocation: Invocation, host: Host): Observable<number> {
  const { command, told } = meant(invocation);
  const warn = (text: string): void => void host.stderr.write(text);
  return resolveOptions(command, told, COMMANDS, host, warn).pipe(
    switchMap((options) => runCommand(command, options, host)),
  );
}

/** `resume` means the command that was begun. */
function meant({ command, argument, values }: Invocation): { command: Command; told: Told } {
  if (command.name !== 'resume') {
    const { argument: positional } = command;
    const said =
      argument === undefined || positional === undefined ? values : { [positional.name]: argument, ...values };
    return { command, told: { said } };
  }
  if (argument === undefined) throw new ConfigurationError('Say what to go on with: rxcql resume FOLDER_OR_JOURNAL.');
  const job = readJob(argument);
  const begun = COMMANDS.find(({ name }) => name === job.command);
  if (begun === undefined) throw new ConfigurationError(`What was begun in ${argument} is no command of rxcql.`);
  const known = begun.options.map(nameOf);
  const stray = Object.keys(values).find((name) => !known.includes(name));
  if (stray !== undefined) {
    throw new ConfigurationError(unknownName(`${begun.name}, which is gone on with, has no option --${stray}.`, stray, known)); // prettier-ignore
  }
  return { command: begun, told: { said: { ...values, resume: true }, noted: job.values } };
}
