import { type CliOption, nameOf, type Values } from './cli-option.js';

/** The variable of the environment that an option has: `--page-size` has `RXCQL_PAGE_SIZE`. */
export function variableOf(name: string): string {
  return `RXCQL_${name.replaceAll('-', '_').toUpperCase()}`;
}

/** What the environment says; a variable without anything in it says nothing. */
export function environmentOf(
  env: Readonly<Record<string, string | undefined>>,
  options: readonly CliOption[],
): Values {
  const values: Record<string, string> = {};
  for (const name of options.map(nameOf)) {
    const value = env[variableOf(name)];
    if (value !== undefined && value !== '') values[name] = value;
  }
  return values;
}
