import { spawnSync } from 'node:child_process';

/** The state of a process as `ps` has it: `T` is stopped, `Z` dead but not yet collected. Undefined: there is none. */
export function processState(pid: number): string | undefined {
  return spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()[0];
}

export function isAlive(pid: number): boolean {
  const state = processState(pid);
  return state !== undefined && state !== 'Z';
}
