/** Where a partition lies in the ring: an integer, or the bytes of a key, as the cluster's partitioner has it. */
export type Token = bigint | Buffer;

/** How a cluster spreads its partitions. Tokens are compared with those of the same partitioner only. */
export interface Partitioner<T extends Token = Token> {
  /** The token of the routing key that is the bytes from `start` to `end`; {@link minimum} if there are none. */
  token(buffer: Uint8Array, start?: number, end?: number): T;
  /** Where the ring begins and ends. No partition has this token, but a node may. */
  readonly minimum: T;
  /** Negative if `a` comes before `b`, positive if it comes after, 0 if they are equal. */
  compare(a: T, b: T): number;
  /** Reads a token from its text, as `tokens` of system.local and system.peers has it. @throws DecodeError */
  parse(text: string): T;
}
