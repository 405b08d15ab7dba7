import { type Endpoint, endOfTurn, type EndOfTurn, now, type Socket, tcp, type TcpOptions } from './socket.js';

/**
 * What a session has of the machine that it runs on, besides RxJS's schedulers. Tests give it another, so that all of it runs in
 * virtual time.
 */
export interface Environment {
  readonly socket: (endpoint: Endpoint, options: TcpOptions) => Socket;
  readonly endOfTurn: EndOfTurn;
  /** What time it is, in milliseconds since some moment, whatever becomes of the clock on the wall. */
  readonly now: () => number;
  /** By what waits differ that shall not all end together: from 0 to 1. */
  readonly random: () => number;
}

/** TCP, the event loop, and chance. */
export const machine: Environment = {
  socket: tcp,
  endOfTurn,
  now,
  random: () => Math.random(),
};
