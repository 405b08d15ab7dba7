/** So many answers may be owed to nobody before a connection is given up... */
const LIMIT = 256;

/** ...if they have been owed for so many ticks: a burst of requests that were left is nothing unusual in RxJS. */
const PATIENCE = 20;

/**
 * The requests of one connection that nobody waits for any more: left, or timed out, after they were written. Their stream
 * ids stay taken until the answers come. Where too many do not come, something is wrong with the connection.
 */
export class Orphans {
  /** Since which tick, by stream id, the oldest first. */
  private readonly since = new Map<number, number>();

  get count(): number {
    return this.since.size;
  }

  add(streamId: number, tick: number): void {
    this.since.set(streamId, tick);
  }

  delete(streamId: number): void {
    this.since.delete(streamId);
  }

  /** Whether there are so many that {@link areTooMany} may come to be true. */
  get areMany(): boolean {
    return this.since.size >= LIMIT;
  }

  /** Whether too many have been waiting for too long, at `tick`. */
  areTooMany(tick: number): boolean {
    if (!this.areMany) return false;
    let old = 0;
    for (const since of this.since.values()) {
      if (since > tick - PATIENCE) return false;
      if (++old === LIMIT) return true;
    }
    return false;
  }
}
