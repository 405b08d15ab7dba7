import { readFileSync } from 'node:fs';
import { Command as Commander, CommanderError, Option } from 'commander';
import type { Command } from './commands/command.js';
import { EXIT } from './exit-code.js';
import type { Host } from './host.js';
import { nameOf, takesValue, type Values } from './options/cli-option.js';
import { posixArguments } from './options/spellings.js';

/** What the command line says. */
export interface Invocation {
  readonly command: Command;
  readonly argument: string | undefined;
  /** The options that it has; others may say more. */
  readonly values: Values;
}

const SOURCES = `
Options also come from variables (--page-size is RXCQL_PAGE_SIZE) and from the file of --config, in JSON by their long
names; the command line counts most, then the environment, then the file. Names of the bulk loader work as well:
-url, -maxErrors 10, -header false.

Exit codes: 0 done, 1 done with errors, 2 too many errors, 3 failed, 4 interrupted, 5 crashed.`;

const PROGRAM_EXAMPLES = `
Examples:
  rxcql unload -h 10.0.0.1 -k shop -t orders --url orders --format ndjson --compress gzip
  rxcql load   -h 10.0.0.1 -k shop -t orders --url orders.csv --max-errors 100 --dead-letter bad.ndjson
  rxcql count  -h 10.0.0.1 -k shop -t orders
  rxcql query  -h 10.0.0.1 "SELECT * FROM shop.orders LIMIT 10"

rxcql help COMMAND has more.`;

/**
 * Reads the command line.
 *
 * @returns What it says; or, where only help was asked for, or it cannot be understood, what to exit with.
 */
export function parse(argv: readonly string[], commands: readonly Command[], host: Host): Invocation | number {
  let invocation: Invocation | undefined;
  const program = new Commander('rxcql')
    .description('Moves tables of Apache Cassandra and ScyllaDB: to files, from files, from one to another.')
    .version(versionOfPackage(), '--version', 'say which version this is')
    .helpOption('--help', 'say what there is')
    .helpCommand('help [command]', 'say what a command does')
    .showHelpAfterError('rxcql --help has what there is.')
    .addHelpText('after', PROGRAM_EXAMPLES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
      getOutHelpWidth: () => host.stdout.columns ?? 100,
      getErrHelpWidth: () => host.stderr.columns ?? 100,
    });
  for (const command of commands) {
    const sub = program.command(command.name).description(command.summary).helpOption('--help', 'say what there is');
    if (command.argument !== undefined) sub.argument(`[${command.argument.name}]`, command.argument.description);
    for (const option of command.options) addOption(sub, option);
    sub.addHelpText('after', `\nExamples:\n${command.examples.map((line) => `  ${line}\n`).join('')}${SOURCES}`);
    sub.action(() => void (invocation = { command, argument: sub.args[0], values: valuesOf(sub, command) }));
  }
  try {
    program.parse(posixArguments(argv, commands.flatMap(({ options }) => options)), { from: 'user' }); // prettier-ignore
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.fatal;
    throw error;
  }
  return invocation ?? EXIT.fatal;
}

function addOption(sub: Commander, option: Command['options'][number]): void {
  sub.addOption(new Option(option.flags, option.description).helpGroup(option.group));
  if (!takesValue(option)) sub.addOption(new Option(`--no-${nameOf(option)}`).hideHelp());
}

/** Only what was said: nothing has a default here, or the other sources would not be heard. */
function valuesOf(sub: Commander, { options }: Command): Values {
  const values: Record<string, string | boolean> = {};
  for (const option of options) {
    const name = nameOf(option);
    const attribute = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const value: unknown = sub.getOptionValue(attribute);
    if (typeof value === 'string' || typeof value === 'boolean') values[name] = value;
  }
  return values;
}

function versionOfPackage(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
