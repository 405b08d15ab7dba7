import { readFileSync, statSync } from 'node:fs';
import { unknownName } from '../../check.js';
import { ConfigurationError } from '../../errors.js';
import { type CliOption, kebab, nameOf, type Values } from './cli-option.js';

/**
 * The options in a file of JSON, by their long names, and under the name of a command those for it alone:
 *
 * ```json
 * { "host": "10.0.0.1", "username": "etl", "unload": { "format": "ndjson" } }
 * ```
 *
 * @param options Those of the command; what only others have is left out.
 * @throws ConfigurationError
 */
export function configOf(
  path: string,
  command: string,
  options: readonly CliOption[],
  commands: ReadonlyMap<string, readonly CliOption[]>,
): Values {
  const config = read(path);
  const everywhere = new Set([...commands.values()].flat().map(nameOf));
  const own = new Set(options.map(nameOf));
  const values: Record<string, string | boolean> = {};
  const take = (section: Readonly<Record<string, unknown>>, known: ReadonlySet<string>, isStrict: boolean): void => {
    for (const [given, value] of Object.entries(section)) {
      if (!isStrict && commands.has(given)) continue;
      const name = kebab(given);
      if (!known.has(name)) {
        throw new ConfigurationError(unknownName(`${path} has an option "${given}", which there is not.`, name, [...known])); // prettier-ignore
      }
      if (own.has(name)) values[name] = textOf(path, given, value);
    }
  };
  take(config, everywhere, false);
  for (const [name, section] of Object.entries(config)) {
    if (!commands.has(name)) continue;
    const known = new Set(commands.get(name)!.map(nameOf));
    if (typeof section !== 'object' || section === null) throw wrong(path, name);
    if (name === command) take(section as Record<string, unknown>, known, true);
  }
  return values;
}

/** Whether others on this machine may read a file. */
export function isForAll(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;
}

function read(path: string): Readonly<Record<string, unknown>> {
  const text = readFileSync(path, 'utf8');
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === 'object' && config !== null && !Array.isArray(config))
      return config as Record<string, unknown>;
  } catch {
    // Its message would have some of the file, which may have a password.
  }
  throw new ConfigurationError(`The configuration ${path} is no object of JSON.`);
}

function textOf(path: string, name: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number');
  if (!isList) throw wrong(path, name);
  return value.join(',');
}

function wrong(path: string, name: string): ConfigurationError {
  return new ConfigurationError(`In ${path} the option "${name}" is no text, number, boolean or list of texts.`);
}
