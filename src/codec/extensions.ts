/** What a connection has agreed on beyond the protocol: extensions of ScyllaDB. */
export interface Extensions {
  /** The error code by which the server says that there are too many requests for one partition. */
  readonly rateLimitCode: number | undefined;
  /** Whether the columns of a prepared statement have an id in v4, too. */
  readonly hasMetadataIds: boolean;
  /** The flags of a prepared statement's metadata that say that it is conditional; 0 if none does. */
  readonly conditionalMask: number;
  /** Whether the server says where the partition is that a request has missed. */
  readonly hasTablets: boolean;
}

export const NO_EXTENSIONS: Extensions = {
  rateLimitCode: undefined,
  hasMetadataIds: false,
  conditionalMask: 0,
  hasTablets: false,
};
