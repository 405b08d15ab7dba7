import type { Envelope } from '../codec/envelope.js';
import type { CqlError } from '../errors.js';
import type { Outgoing } from './outgoing.js';

/** A request in flight. Exactly one of its methods is called, once; none after it was cancelled. */
export interface InFlight extends Outgoing {
  /** Set by the connection that it is given to. */
  streamId: number;
  /** The tick by which it has to be answered. */
  readonly expiresAt: number;
  /** Whether it takes one of the places that a connection has; what the driver asks for itself does not. */
  readonly takesPlace: boolean;
  onResponse(envelope: Envelope): void;
  /** @param written Whether the request may have reached the server. */
  onFailure(error: CqlError, written: boolean): void;
  onTimeout(written: boolean): void;
}
