import { cpus, release, totalmem, type } from 'node:os';
import type { Machine } from './results.js';

/** Nothing of it that would tell whose machine it is. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    // Without what a distribution or a provider adds to it.
    kernel: `${type()} ${/^\d+\.\d+/.exec(release())?.[0] ?? ''}`.trim(),
    node: process.version,
  };
}
