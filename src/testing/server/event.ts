import { Opcode } from '../../codec/envelope.js';
import { writeString } from '../../codec/primitives.js';
import type { Writer } from '../../codec/writer.js';
import { addressOf, type NodeAddress } from './node-address.js';
import { CqlResponse } from './response.js';
import { checkSchemaChange, type SchemaChangeOptions, writeSchemaChange } from './results.js';

/**
 * What a server says unasked, to the connections that have registered for it: `server.push(event.down('127.0.0.2:9042'))`.
 * Native protocol v5, section 4.2.6.
 */
export const event: {
  /** A node can be used again. */
  readonly up: (node: NodeAddress) => CqlResponse;
  /** A node cannot be used any more. */
  readonly down: (node: NodeAddress) => CqlResponse;
  /** A node has joined the cluster. */
  readonly added: (node: NodeAddress) => CqlResponse;
  /** A node has left the cluster. */
  readonly removed: (node: NodeAddress) => CqlResponse;
  /** The schema has changed. */
  readonly schema: (change: SchemaChangeOptions) => CqlResponse;
} = {
  up: (node) => nodeEvent('STATUS_CHANGE', 'UP', node),
  down: (node) => nodeEvent('STATUS_CHANGE', 'DOWN', node),
  added: (node) => nodeEvent('TOPOLOGY_CHANGE', 'NEW_NODE', node),
  removed: (node) => nodeEvent('TOPOLOGY_CHANGE', 'REMOVED_NODE', node),
  schema: (change) => {
    checkSchemaChange(change);
    return eventOf('SCHEMA_CHANGE', (writer) => writeSchemaChange(writer, change));
  },
};

/** `<type string> <change string> <inet>`, where an inet is `<n byte> <n bytes> <port int>` */
function nodeEvent(type: string, change: string, node: NodeAddress): CqlResponse {
  const { bytes, port } = addressOf(node);
  return eventOf(type, (writer) => {
    writeString(writer, change);
    writer.u8(bytes.length);
    writer.bytes(bytes);
    writer.i32(port);
  });
}

function eventOf(type: string, write: (writer: Writer) => void): CqlResponse {
  return new CqlResponse({
    opcode: Opcode.EVENT,
    eventType: type,
    write: (writer) => {
      writeString(writer, type);
      write(writer);
    },
  });
}
