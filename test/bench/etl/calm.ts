import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds in which not much may be done, and for how long that is waited for. */
const WINDOW = 1_000;
const PATIENCE = 20_000;
/** What part of a core others may take. */
const LITTLE = 0.15;
const TICKS_A_SECOND = 100;

/**
 * Waits until the machine is calm: a server goes on with what was written for a while, flushing and compacting, and who comes next is not to
 * pay for that.
 */
export async function calm(): Promise<void> {
  for (let waited = 0; waited < PATIENCE; waited += WINDOW) {
    const before = busyTicks();
    await sleep(WINDOW);
    if (busyTicks() - before < (LITTLE * TICKS_A_SECOND * WINDOW) / 1_000) return;
  }
}

/** Of all processes: `cpu user nice system idle iowait irq softirq`. */
function busyTicks(): number {
  const [, user, nice, system, , , irq, softirq] = /^cpu .*/.exec(readFileSync('/proc/stat', 'utf8'))![0].split(/ +/);
  return [user, nice, system, irq, softirq].reduce((sum, part) => sum + Number(part), 0);
}
