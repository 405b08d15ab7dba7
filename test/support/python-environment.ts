import { execFile } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** The driver of Python that ours is tested and compared with. */
export const PYTHON_DRIVER = '3.30.1';
const PACKAGES = [`cassandra-driver==${PYTHON_DRIVER}`, 'lz4==4.4.4'];

/** Where the packages are kept from one run to the next: a folder by their versions, outside of the repository. */
const environment = join(tmpdir(), `rxcql-python-${PACKAGES.join('-').replaceAll('==', '-')}`);
const python = join(environment, 'bin', 'python');

/**
 * A Python that has its driver for Cassandra. It is made, unless it is there, and gets its name when it is complete: who is interrupted leaves nothing
 * half done.
 */
export async function pythonEnvironment(): Promise<string> {
  if (existsSync(python)) return python;
  const making = `${environment}.${process.pid}`;
  try {
    await exec('python3', ['-m', 'venv', making]);
  } catch (reason) {
    throw new Error('This needs Python 3 with its module venv, as python3 on the PATH.', { cause: reason });
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:', ...PACKAGES];
  try {
    await exec(join(making, 'bin', 'python'), pip);
    renameSync(making, environment);
  } catch (reason) {
    rmSync(making, { recursive: true, force: true });
    // Somebody else may have been quicker.
    if (!existsSync(python)) throw new Error(`pip cannot install ${PACKAGES.join(' and ')}.`, { cause: reason });
  }
  return python;
}
