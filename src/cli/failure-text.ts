import { inspect } from 'node:util';
import { CqlError } from '../errors.js';
import { isOfSystem } from './exit-code.js';

/** What has happened, as a sentence; with the stack where that is wanted. */
export function failureText(error: unknown, isDebug: boolean): string {
  if (isDebug) return inspect(error);
  if (error instanceof CqlError) return error.message;
  if (isOfSystem(error)) return `The system says: ${error.message}.`;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `This is a defect of rxcql: ${what}. With --debug it says where; please report it.`;
}
