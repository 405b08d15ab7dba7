import { parseAddress } from '../../codec/values/inet.js';
import { ConfigurationError } from '../../errors.js';

/** A node: `'127.0.0.1:9042'`, `'127.0.0.1'`, `'[::1]:9042'`, or something that has such an `address`. */
export type NodeAddress = string | { readonly address: string };

/** The bytes of a node's address, and its port. @throws ConfigurationError if it is none. */
export function addressOf(node: NodeAddress, defaultPort = 9042): { host: string; bytes: Uint8Array; port: number } {
  const text = typeof node === 'string' ? node : (node as { address: string } | undefined)?.address;
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text ?? '') ?? [];
  // An IPv6 address that is in no brackets has no port.
  const host = bracketed ?? plain ?? text ?? '';
  const bytes = parseAddress(host);
  if (bytes === undefined) {
    throw new ConfigurationError(
      `A node is given by its address, such as '127.0.0.1:9042', not by ${JSON.stringify(text)}.`,
    );
  }
  return { host, bytes, port: port === undefined ? defaultPort : Number(port) };
}
