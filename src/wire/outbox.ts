import type { ProtocolVersion } from '../codec/envelope.js';
import type { Framing } from './framing.js';
import type { Outgoing } from './outgoing.js';
import { packEnvelopes } from './pack-envelopes.js';
import { packSegments } from './pack-segments.js';

/** More is not given to a socket at a time: it would keep all of it for a peer that does not read. */
const MAX_WRITE = 1024 * 1024;

/** Fewer are not worth a write of their own. */
const MIN_PART = 8;

/** How many that were taken out may be there besides as many as wait. */
const FEW = 64;

/**
 * The requests that wait to be written, until the end of the turn or until they are many. Only then are they framed and copied, all into one buffer, so that one
 * that was cancelled meanwhile leaves no trace, and so that the bytes stay what they were when the request was made.
 */
export class Outbox {
  private readonly version: ProtocolVersion;
  /** In the order in which they came; some may have been taken out. */
  private entries: Outgoing[] = [];
  private waiting = 0;
  private bytes = 0;

  constructor(version: ProtocolVersion) {
    this.version = version;
  }

  get isEmpty(): boolean {
    return this.waiting === 0;
  }

  /** How many bytes wait. */
  get length(): number {
    return this.bytes;
  }

  /**
   * Whether what waits had better leave now than at the end of the turn: it is half of all that is in flight. Otherwise everything
   * would go to and fro in one piece, and the client would wait while the server works, and the server while the client does.
   */
  isWorthAWrite(inFlight: number): boolean {
    return this.waiting >= MIN_PART && 2 * this.waiting >= inFlight;
  }

  add(outgoing: Outgoing): void {
    outgoing.isQueued = true;
    this.entries.push(outgoing);
    this.waiting++;
    this.bytes += lengthOf(outgoing);
  }

  /** Takes out what has not been written yet; false if it has been. */
  remove(outgoing: Outgoing): boolean {
    if (!outgoing.isQueued) return false;
    this.leave(outgoing);
    // While nothing can be written, others may come and go.
    if (this.entries.length > 2 * this.waiting + FEW) this.entries = this.entries.filter(({ isQueued }) => isQueued);
    return true;
  }

  /** What waits, framed and ready to be written: all of it, or the first that together reach {@link MAX_WRITE}. */
  take({ segmented, compression }: Framing): Buffer {
    const { entries } = this;
    const taken: Outgoing[] = [];
    const before = this.bytes;
    let next = 0;
    while (next < entries.length && before - this.bytes < MAX_WRITE) {
      const entry = entries[next++]!;
      if (!entry.isQueued) continue;
      this.leave(entry);
      taken.push(entry);
    }
    this.entries = entries.slice(next);
    const pack = segmented ? packSegments : packEnvelopes;
    return pack(taken, this.version, compression);
  }

  private leave(outgoing: Outgoing): void {
    outgoing.isQueued = false;
    this.waiting--;
    this.bytes -= lengthOf(outgoing);
  }
}

function lengthOf({ message }: Outgoing): number {
  return message.end - message.start;
}
