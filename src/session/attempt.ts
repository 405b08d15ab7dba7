import type { Envelope } from '../codec/envelope.js';
import type { ResponseContext } from '../codec/responses.js';
import type { Slice } from '../codec/writer.js';
import type { NodeCounts } from '../cluster/node-counts.js';
import type { CqlError } from '../errors.js';
import type { Connection } from '../wire/connection.js';
import type { InFlight } from '../wire/in-flight.js';

/** A request that has attempts, and is told what becomes of them. */
export interface Attempted {
  readonly expiresAt: number;
  answered(attempt: Attempt, envelope: Envelope): void;
  lost(attempt: Attempt, error: CqlError, written: boolean): void;
  /** The time of the request is over. */
  timedOut(attempt: Attempt, written: boolean): void;
}

/** What a request is sent as, for now. */
export interface Content {
  readonly opcode: number;
  readonly flags: number;
  readonly message: Slice;
  readonly known: ResponseContext | undefined;
}

/** One time that a request is sent to one node. */
export class Attempt implements InFlight {
  streamId = 0;
  isQueued = false;
  readonly takesPlace = true;
  readonly opcode: number;
  readonly flags: number;
  readonly expiresAt: number;
  readonly message: Slice;
  /** What is known of its answer: of the bytes that it was sent with, whatever is sent later. */
  readonly known: ResponseContext | undefined;
  readonly connection: Connection;
  /** Of the node that it is sent to. */
  readonly counts: NodeCounts;
  /** That of the same request which waited for its answer already: most have none. */
  before: Attempt | undefined = undefined;
  private begunAt = 0;
  private readonly request: Attempted;

  constructor(
    request: Attempted,
    { opcode, flags, message, known }: Content,
    connection: Connection,
    counts: NodeCounts,
  ) {
    this.opcode = opcode;
    this.flags = flags;
    this.expiresAt = request.expiresAt;
    this.message = message;
    this.known = known;
    this.connection = connection;
    this.counts = counts;
    this.request = request;
  }

  /** It has been given to the connection. */
  begun(): void {
    this.begunAt = this.connection.submittedAt;
    this.counts.requests++;
  }

  onResponse(envelope: Envelope): void {
    this.counts.latency.record(this.connection.arrivedAt - this.begunAt);
    this.request.answered(this, envelope);
  }

  onFailure(error: CqlError, written: boolean): void {
    this.request.lost(this, error, written);
  }

  onTimeout(written: boolean): void {
    this.request.timedOut(this, written);
  }
}

/** What is left of attempts that know those before them, without one of them: the last. */
export function without(last: Attempt | undefined, attempt: Attempt): Attempt | undefined {
  if (last === undefined || last === attempt) return last?.before;
  last.before = without(last.before, attempt);
  return last;
}
