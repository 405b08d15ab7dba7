import type { ProtocolVersion } from './envelope.js';

/** What the body of a request depends on besides its contents. There is one object of each kind: they are compared by identity. */
export interface Dialect {
  readonly version: ProtocolVersion;
  /** Whether the columns of a prepared statement have an id: in v5, and in v4 by an extension of ScyllaDB. */
  readonly hasMetadataIds: boolean;
}

const V4: Dialect = { version: 4, hasMetadataIds: false };
const V4_WITH_METADATA_IDS: Dialect = { version: 4, hasMetadataIds: true };
const V5: Dialect = { version: 5, hasMetadataIds: true };

/** @param isExtended Whether the extension for metadata ids is agreed on. */
export function dialectOf(version: ProtocolVersion, isExtended = false): Dialect {
  if (version === 5) return V5;
  return isExtended ? V4_WITH_METADATA_IDS : V4;
}
