import { ConfigurationError } from '../../errors.js';
import type { Values } from './cli-option.js';

/** What the options of a command are, from wherever they come. All methods throw a `ConfigurationError` for what an option cannot be. */
export class Options {
  readonly values: Values;

  constructor(values: Values) {
    this.values = values;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return value === undefined ? undefined : String(value);
  }

  required(name: string, why: string): string {
    const value = this.text(name);
    if (value === undefined) throw new ConfigurationError(`The option --${name} is missing: ${why}.`);
    return value;
  }

  /** Undefined if nothing is said. */
  flag(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined || value === 'true' || value === 'false')
      return value === undefined ? value : value === 'true';
    throw new ConfigurationError(`The option --${name} is true or false.`);
  }

  whole(name: string, least: number, most: number = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    const range = most === Number.MAX_SAFE_INTEGER ? `, ${least} or more` : ` from ${least} to ${most}`;
    throw new ConfigurationError(`The option --${name} is a whole number${range}; it is ${JSON.stringify(value)}.`);
  }

  /** What stands between commas, or in an array of JSON. */
  list(name: string): string[] | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const bare = /^\s*\[(.*)\]\s*$/s.exec(value)?.[1]?.replaceAll('"', '') ?? value;
    const items = bare.split(',').map((item) => item.trim()).filter((item) => item !== ''); // prettier-ignore
    if (items.length > 0) return items;
    throw new ConfigurationError(`The option --${name} has nothing in it.`);
  }

  oneOf<T extends string>(name: string, known: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined || known.includes(value as T)) return value as T | undefined;
    throw new ConfigurationError(`The option --${name} is one of ${known.join(', ')}; it is ${JSON.stringify(value)}.`);
  }

  /** Options of which some are something else; `undefined` takes one away. */
  with(changes: Readonly<Record<string, string | boolean | undefined>>): Options {
    const entries = Object.entries({ ...this.values, ...changes });
    return new Options(Object.fromEntries(entries.filter((entry): entry is [string, string | boolean] => entry[1] !== undefined))); // prettier-ignore
  }
}
