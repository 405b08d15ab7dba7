import { Writer } from '../codec/writer.js';
import { Deadlines } from './deadlines.js';
import type { Environment } from './environment.js';
import type { EndOfTurn } from './socket.js';

/** What the connections of a session share. */
export interface Wire {
  readonly writer: Writer;
  readonly deadlines: Deadlines;
  readonly endOfTurn: EndOfTurn;
  /** What time it is, in milliseconds since some moment, whatever becomes of the clock on the wall. */
  readonly now: () => number;
  /** Bytes that came in and went out. */
  readonly traffic: { received: number; sent: number };
}

/** @param maxRequestLength What servers accept: more is a `BindError`. */
export function wireOf({ endOfTurn, now }: Pick<Environment, 'endOfTurn' | 'now'>, maxRequestLength?: number): Wire {
  return {
    writer: new Writer(maxRequestLength),
    deadlines: new Deadlines(endOfTurn),
    endOfTurn,
    now,
    traffic: { received: 0, sent: 0 },
  };
}
