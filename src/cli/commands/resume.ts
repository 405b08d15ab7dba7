import { throwError } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { connectionOptions, REQUEST_OPTIONS } from '../options/connection.js';
import { WORK_OPTIONS } from '../options/ranges.js';
import { REPORT_OPTIONS } from '../options/reporting.js';
import type { Command } from './command.js';

const notItself = () => throwError(() => new ConfigurationError('What was begun is gone on with by its own command.'));

/** `rxcql resume`: stands for the command that was begun, as its journal has it, with what is said anew. */
export const resume: Command = {
  name: 'resume',
  summary: 'go on with what was interrupted, or killed: an unload, a load, a copy',
  argument: { name: 'path', description: 'the folder that was written to, or the journal (--checkpoint)' },
  options: [
    ...connectionOptions(''),
    ...connectionOptions('to-'),
    ...REQUEST_OPTIONS,
    ...WORK_OPTIONS,
    ...REPORT_OPTIONS,
  ],
  examples: [
    'rxcql resume orders',
    'rxcql resume copy.journal -h 10.0.0.2   # other nodes than at first',
    'RXCQL_PASSWORD=… rxcql resume orders    # passwords are never noted',
  ],
  plan: notItself,
  run: notItself,
};
