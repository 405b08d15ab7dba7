import { inspect } from 'node:util';
import { CqlError } from '../errors.js';
import { isOfSystem } from './exit-code.js';
import { type CliOption, kebab, nameOf } from './options/cli-option.js';

/** What has happened, as a sentence; with the stack where that is wanted. */
export function failureText(error: unknown, isDebug: boolean, options: readonly CliOption[] = []): string {
  if (isDebug) return inspect(error);
  if (error instanceof CqlError) return asOptions(error.message, options);
  if (isOfSystem(error)) return `The system says: ${error.message}.`;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `This is a defect of rxcql: ${what}. With --debug it says where; please report it.`;
}

/** The options of functions, by the names that they have here. */
function asOptions(text: string, options: readonly CliOption[]): string {
  const known = new Set(options.map(nameOf));
  return text.replace(/the option "(\w+)"/g, (said, name: string) =>
    known.has(kebab(name)) ? `--${kebab(name)}` : said,
  );
}
