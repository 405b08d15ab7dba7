/** What a connection has agreed on beyond the protocol: extensions of ScyllaDB. */
export interface Extensions {
  /** The error code by which the server says that there are too many requests for one partition. */
  readonly rateLimitCode: number | undefined;
  /** Whether the columns of a prepared statement have an id in v4, too. */
  readonly hasMetadataIds: boolean;
}

export const NO_EXTENSIONS: Extensions = { rateLimitCode: undefined, hasMetadataIds: false };
