import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Place, Tool } from '../works.js';

const at = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/** The command as its users have it: built, and with nothing said that need not be. */
export const COMMAND = [process.execPath, at('dist/cli/main.js')] as const;

const where = ({ host, port, keyspace, table }: Place): string[] => ['-h', `${host}:${port}`, '-k', keyspace, '-t', table]; // prettier-ignore

export const rxcql: Tool = {
  name: 'rxcql',
  version: (JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string }).version,
  unload: (place, target) => [...COMMAND, 'unload', ...where(place), '--url', target],
  load: (place, file) => [...COMMAND, 'load', ...where(place), '--url', file],
};
