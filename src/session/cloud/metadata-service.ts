import { map, type Observable } from 'rxjs';
import type { Directory, DirectoryEntry } from '../../cluster/directory.js';
import { ProtocolError } from '../../errors.js';
import { httpsJson, type ServiceWords } from '../../wire/https-json.js';
import type { Endpoint } from '../../wire/socket.js';
import { parseContactPoint } from '../contact-points.js';
import type { SecureConnectBundle } from './secure-connect-bundle.js';

const WORDS: ServiceWords = {
  name: 'the metadata service of the secure connect bundle',
  hint: 'Is the database paused, or deleted?',
  code: 'ERR_RXCQL_METADATA_SERVICE',
};

/**
 * The directory of a database in the cloud: a service that says by which proxy its nodes are reached. All have the address of the
 * proxy, which is told a node's host id as the server name of TLS.
 *
 * ```
 * GET /metadata: {"contact_info": {"local_dc": …, "sni_proxy_address": "host:port", "contact_points": [<host id>, …]}}
 * ```
 */
export class MetadataService implements Directory {
  readonly look: Observable<DirectoryEntry>;

  /** @param limit How long an answer may take, in milliseconds. */
  constructor({ host, port, ca, cert, key }: SecureConnectBundle, limit: number) {
    this.look = httpsJson({ host, port }, '/metadata', { ca, cert, key }, limit, WORDS).pipe(map(entryOf));
  }
}

function entryOf(answer: unknown): DirectoryEntry {
  const { contact_info: info } = (answer ?? {}) as { readonly contact_info?: Readonly<Record<string, unknown>> };
  const { local_dc: localDataCenter, sni_proxy_address: address, contact_points: hostIds } = info ?? {};
  if (typeof localDataCenter !== 'string' || localDataCenter === '') throw incomplete('local_dc');
  const proxy = typeof address === 'string' ? proxyOf(address) : undefined;
  if (proxy === undefined) throw incomplete('sni_proxy_address');
  if (!Array.isArray(hostIds) || hostIds.length === 0 || !hostIds.every(isHostId)) throw incomplete('contact_points');
  const endpointOf = (hostId: string): Endpoint => ({ host: hostId, port: proxy.port, proxy });
  return { contactPoints: hostIds.map(endpointOf), localDataCenter, endpointOf };
}

/** It becomes a server name, and is shown. */
function isHostId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.-]{1,253}$/.test(value);
}

function proxyOf(address: string): Endpoint | undefined {
  if (!/:\d+$/.test(address)) return undefined;
  try {
    return parseContactPoint(address, 0);
  } catch {
    return undefined;
  }
}

function incomplete(field: string): ProtocolError {
  return new ProtocolError(`The answer of ${WORDS.name} has no ${field} that can be used: is it one?`);
}
