import type { SchemaChange } from '../codec/event.js';
import type { Node } from './node.js';

/** What becomes of a node. */
export interface NodeEvent {
  /**
   * `nodeUp`, `nodeDown`: it can be reached, which it could not before, or the other way round; our own connections decide, not
   * what servers say. `nodeAdded`, `nodeRemoved`: it has joined the cluster, or has left it.
   */
  readonly type: 'nodeUp' | 'nodeDown' | 'nodeAdded' | 'nodeRemoved';
  readonly node: Node;
}

/** What happens to a session without its asking. */
export type ClusterEvent =
  | NodeEvent
  | { readonly type: 'connectionOpened'; readonly node: Node }
  /** `error`: why it was lost; undefined if the driver itself has closed it. */
  | { readonly type: 'connectionClosed'; readonly node: Node; readonly error: Error | undefined }
  /** `name`: the table, type, function or aggregate; undefined where it is the keyspace that has changed. */
  | ({ readonly type: 'schemaChange' } & SchemaChange)
  /** A statement was not used for long and made room for others: it is prepared again when it is used again. */
  | { readonly type: 'preparedEvicted'; readonly cql: string };
