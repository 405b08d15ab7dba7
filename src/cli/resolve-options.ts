import { type Observable } from 'rxjs';
import type { Command } from './commands/command.js';
import type { Host } from './host.js';
import { nameOf, type Values } from './options/cli-option.js';
import { configOf, isForAll } from './options/config-file.js';
import { Options } from './options/options.js';
import { withPasswords } from './options/passwords.js';
import { environmentOf, variableOf } from './options/sources.js';

/** What a command is told, from all sources. */
export interface Told {
  /** By the command line. */
  readonly said: Values;
  /** By what it goes on with. */
  readonly noted?: Values;
}

/**
 * Puts the sources together: the command line counts most, then what was noted of what is gone on with, the environment, and the file of `--config`. What
 * others could read of secrets is said to `warn`.
 */
export function resolveOptions(
  command: Command,
  { said, noted = {} }: Told,
  commands: readonly Command[],
  host: Host,
  warn: (text: string) => void,
): Observable<Options> {
  const environment = environmentOf(host.env, command.options);
  const path = said['config'] ?? noted['config'] ?? environment['config'];
  const all = new Map(commands.map(({ name, options }) => [name, options]));
  const config = typeof path === 'string' ? configOf(path, command.name, command.options, all) : {};
  for (const name of command.options.filter(({ isSecret }) => isSecret === true).map(nameOf)) {
    if (name in said) {
      warn(`Others on this machine can see --${name} while this runs. Give it by ${variableOf(name)}, or in a file.\n`);
    }
    if (name in config && isForAll(path as string)) {
      warn(`${path as string} has a secret, and others on this machine may read it: chmod 600 is what it needs.\n`);
    }
  }
  return withPasswords(new Options({ ...config, ...environment, ...noted, ...said }), host.stdin);
}
