import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a program and resolves with what it wrote; rejects with it if it fails, or takes more than two minutes. */
export async function run(cwd: string, command: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await execute(command, args, { cwd, env, timeout: 120_000, maxBuffer: 1 << 26 });
    return stdout + stderr;
  } catch (error) {
    const { stdout = '', stderr = '', code, signal } = error as Failure;
    const how = signal ?? `exit code ${code ?? 'unknown'}`;
    const output = (stdout + stderr).slice(0, 5_000);
    throw new Error(`${command} ${args.join(' ')} (in ${cwd}) ended with ${how}:\n${output}`);
  }
}

/** Runs a program of a package that is installed here, as `npx` would, but never another one. */
export function runBin(cwd: string, packageName: string, bin: string, ...args: readonly string[]): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const { bin: bins } = createRequire(import.meta.url)(manifest) as { bin: Record<string, string> };
  return run(cwd, process.execPath, createRequire(manifest).resolve(`./${bins[bin]!}`), ...args);
}

interface Failure {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: string | number;
  readonly signal?: string | null;
}

/** What `npm test` tells its scripts about this package is not for an npm that is started in another one. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix)/.test(name)),
);
