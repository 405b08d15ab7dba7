import { fileURLToPath } from 'node:url';
import { PYTHON_DRIVER, pythonEnvironment } from '../../../support/python-environment.js';
import type { Call, Place, Tool } from '../works.js';

const program = fileURLToPath(new URL('loops.py', import.meta.url));

/** The loops that people write, with the driver of Python. */
export async function python(): Promise<Tool> {
  const interpreter = await pythonEnvironment();
  const call = (command: string, { host, port, localDataCenter, keyspace, table }: Place, path: string): Call => [
    interpreter,
    program,
    command,
    host,
    String(port),
    localDataCenter,
    keyspace,
    table,
    path,
  ];
  return {
    name: 'Python',
    version: PYTHON_DRIVER,
    unload: (place, target) => call('unload', place, target),
    load: (place, file) => call('load', place, file),
  };
}
