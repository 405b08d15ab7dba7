import type { ProtocolVersion } from '../codec/envelope.js';
import type { Framing } from './framing.js';
import type { Outgoing } from './outgoing.js';
import { packEnvelopes } from './pack-envelopes.js';
import { packSegments } from './pack-segments.js';

/** More is not given to a socket at a time: it would keep all of it for a peer that does not read. */
const MAX_WRITE = 1024 * 1024;

/**
 * The requests that wait for the end of the turn. Only then are they framed and copied, all into one buffer, so that one
 * that was cancelled meanwhile leaves no trace, and so that the bytes stay what they were when the request was made.
 */
export class Outbox {
  private readonly version: ProtocolVersion;
  private readonly entries = new Set<Outgoing>();
  private bytes = 0;

  constructor(version: ProtocolVersion) {
    this.version = version;
  }

  get isEmpty(): boolean {
    return this.entries.size === 0;
  }

  /** How many bytes wait. */
  get length(): number {
    return this.bytes;
  }

  add(outgoing: Outgoing): void {
    this.entries.add(outgoing);
    this.bytes += lengthOf(outgoing);
  }

  /** Whether it has not been written yet. */
  has(outgoing: Outgoing): boolean {
    return this.entries.has(outgoing);
  }

  /** Takes out what has not been written yet; false if it has been. */
  remove(outgoing: Outgoing): boolean {
    const isTaken = this.entries.delete(outgoing);
    if (isTaken) this.bytes -= lengthOf(outgoing);
    return isTaken;
  }

  /** What waits, framed and ready to be written: all of it, or the first that together reach {@link MAX_WRITE}. */
  take({ segmented, compression }: Framing): Buffer {
    const entries: Outgoing[] = [];
    let length = 0;
    for (const entry of this.entries) {
      entries.push(entry);
      this.entries.delete(entry);
      length += lengthOf(entry);
      if (length >= MAX_WRITE) break;
    }
    this.bytes -= length;
    const pack = segmented ? packSegments : packEnvelopes;
    return pack(entries, this.version, compression);
  }
}

function lengthOf({ message }: Outgoing): number {
  return message.end - message.start;
}
