import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Call } from './works.js';

/** What a process took, with all that it started. */
export interface Measured {
  readonly seconds: number;
  /** CPU time, in user mode and in the kernel. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** Memory at most, of all of them together, in bytes. */
  readonly peakRss: number;
}

const program = fileURLToPath(new URL('measured-process.py', import.meta.url));

/** Runs a program to its end. Python does it, since Node does not tell what a child took. @throws Error if it fails, with its last words. */
export async function measureProcess([command, ...args]: Call): Promise<Measured> {
  const { stdout } = await promisify(execFile)('python3', [program, command, ...args], { maxBuffer: 64 * 1024 * 1024 });
  const { exitCode, words, ...measured } = JSON.parse(stdout) as Measured & { exitCode: number; words: string };
  if (exitCode === 0) return measured;
  throw new Error(`${[command, ...args].join(' ')}\nhas ended with ${exitCode}:\n${words}`);
}
