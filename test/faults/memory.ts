import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MEBIBYTE = 1024 * 1024;

/** How much memory is in use beyond what was when it was made. */
export class MemoryWatch {
  private readonly before: number;
  private readonly bound: number;
  private most = 0;

  /** @param bound From how much on garbage is not counted, in MiB: looking what it is takes time. */
  constructor(bound: number) {
    collectGarbage();
    this.before = usedMemory();
    this.bound = bound * MEBIBYTE;
  }

  /** The most that was found, in MiB. */
  get peak(): number {
    return this.most / MEBIBYTE;
  }

  /** Looks; says whether it took time. */
  look(): boolean {
    let used = usedMemory() - this.before;
    const isMuch = used > this.bound;
    if (isMuch) {
      collectGarbage();
      used = usedMemory() - this.before;
    }
    this.most = Math.max(this.most, used);
    return isMuch;
  }
}

/** Buffers are freed behind the back of the first collection; the second waits for that. */
function collectGarbage(): void {
  collect();
  collect();
}

/** Of what is external, what is not in array buffers is Node's own: the hashes that the server of a test makes, for example. */
function usedMemory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
