import type { Reader } from './reader.js';
import { formatAddress } from './values/inet.js';

/** What has changed in the schema. */
export interface SchemaChange {
  readonly change: 'CREATED' | 'UPDATED' | 'DROPPED';
  readonly target: 'KEYSPACE' | 'TABLE' | 'TYPE' | 'FUNCTION' | 'AGGREGATE';
  readonly keyspace: string;
  /** The table, type, function or aggregate; undefined where the keyspace itself has changed. */
  readonly name: string | undefined;
  /** The argument types of a function or aggregate. */
  readonly argTypes: readonly string[] | undefined;
}

/** What a server says unasked, after REGISTER. A type that is not known here is passed on by its name. */
export type CqlEvent =
  | {
      readonly type: 'TOPOLOGY_CHANGE' | 'STATUS_CHANGE';
      readonly change: string;
      readonly host: string;
      readonly port: number;
    }
  | ({ readonly type: 'SCHEMA_CHANGE' } & SchemaChange)
  /** ScyllaDB: where to reach the nodes of `hostIds` has changed, for clients that use one of `connectionIds`. */
  | {
      readonly type: 'CLIENT_ROUTES_CHANGE';
      readonly change: string;
      readonly connectionIds: readonly string[];
      readonly hostIds: readonly string[];
    }
  /** The server is about to close this connection, and waits for the answers that it owes. */
  | { readonly type: 'GRACEFUL_DISCONNECT' }
  | { readonly type: 'UNKNOWN'; readonly name: string };

/**
 * ```
 * TOPOLOGY_CHANGE       <NEW_NODE | REMOVED_NODE string> <inet>
 * STATUS_CHANGE         <UP | DOWN string> <inet>
 * SCHEMA_CHANGE         <schema change>
 * CLIENT_ROUTES_CHANGE  <UPDATE_NODES string> <connection ids string list> <host ids string list>
 * GRACEFUL_DISCONNECT
 * ```
 *
 * Native protocol v5, section 4.2.6; the last two are ScyllaDB's and CEP-59's.
 */
export function readEvent(reader: Reader): CqlEvent {
  const type = reader.string();
  switch (type) {
    case 'TOPOLOGY_CHANGE':
    case 'STATUS_CHANGE': {
      const change = reader.string();
      const address = reader.inetAddress();
      return { type, change, host: formatAddress(address, 0, address.length), port: reader.i32() };
    }
    case 'SCHEMA_CHANGE':
      return { type, ...readSchemaChange(reader) };
    case 'CLIENT_ROUTES_CHANGE':
      return { type, change: reader.string(), connectionIds: reader.stringList(), hostIds: reader.stringList() };
    case 'GRACEFUL_DISCONNECT':
      return { type };
    default:
      return { type: 'UNKNOWN', name: type };
  }
}

/**
 * `<change string> <target string> <keyspace string> [<name string>] [<argument types string list>]`
 *
 * What follows a target that is not known here is left unread.
 */
export function readSchemaChange(reader: Reader): SchemaChange {
  const change = reader.string() as SchemaChange['change'];
  const target = reader.string() as SchemaChange['target'];
  const keyspace = reader.string();
  const hasArguments = target === 'FUNCTION' || target === 'AGGREGATE';
  const hasName = hasArguments || target === 'TABLE' || target === 'TYPE';
  const name = hasName ? reader.string() : undefined;
  return { change, target, keyspace, name, argTypes: hasArguments ? reader.stringList() : undefined };
}
