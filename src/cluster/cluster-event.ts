import type { SchemaChange } from '../codec/event.js';
import type { Node } from './node.js';

/** What happens to a session without its asking. */
export type ClusterEvent =
  /** A node can be reached that could not, or the other way round. Our own connections decide, not what servers say. */
  | { readonly type: 'nodeUp' | 'nodeDown'; readonly node: Node }
  /** A node has joined the cluster, or has left it. */
  | { readonly type: 'nodeAdded' | 'nodeRemoved'; readonly node: Node }
  | { readonly type: 'connectionOpened'; readonly node: Node }
  /** `error`: why it was lost; undefined if the driver itself has closed it. */
  | { readonly type: 'connectionClosed'; readonly node: Node; readonly error: Error | undefined }
  /** `name`: the table, type, function or aggregate; undefined where it is the keyspace that has changed. */
  | ({ readonly type: 'schemaChange' } & SchemaChange)
  /** A statement was not used for long and made room for others: it is prepared again when it is used again. */
  | { readonly type: 'preparedEvicted'; readonly cql: string };
