import type { Dialect } from '../codec/dialect.js';
import { HEADER_LENGTH } from '../codec/envelope.js';
import { routingKeyOfValues, startOfValues } from '../codec/routing-key.js';
import { type Slice, sliceOf } from '../codec/writer.js';
import type { Cluster } from '../cluster/cluster.js';
import { RequestContext } from '../cluster/request-context.js';
import type { PreparedStatement } from './prepared.js';
import type { RequestSettings } from './request-options.js';
import { isConditional } from './statement-kind.js';

/** A statement on its way. */
export interface Routed {
  readonly cql: string;
  readonly prepared: PreparedStatement | undefined;
  readonly settings: RequestSettings;
}

/**
 * What decides where a request goes. The partition is told from its encoded values, or the option `routingKey`; that of a
 * statement that has its key in its text is not known.
 *
 * @param message An EXECUTE, if the job is prepared.
 * @throws BindError for a part of the partition key that no partition has.
 */
export function routingOf(
  cluster: Cluster,
  job: Routed,
  message: Slice,
  dialect: Dialect,
  sessionKeyspace: string | undefined,
): RequestContext {
  const { prepared, settings } = job;
  if (settings.routingToken !== undefined) return routingOfRange(cluster, prepared, settings, sessionKeyspace);
  const keyspace = prepared?.tableKeyspace ?? settings.keyspace ?? sessionKeyspace;
  let key: Slice | undefined;
  if (settings.routingKey !== undefined) {
    key = sliceOf(settings.routingKey);
  } else if (prepared !== undefined && prepared.partitionKey.length > 0) {
    const body = message.start + HEADER_LENGTH + payloadLength(settings);
    const first = startOfValues(message.buffer, body, dialect.version, dialect.hasMetadataIds);
    key = routingKeyOfValues(message.buffer, first, prepared);
  }
  const isLwt = key !== undefined && (prepared?.isConditional ?? isConditional(job.cql));
  return new RequestContext(cluster, keyspace, key, isLwt, prepared?.table);
}

/** Markers that stand for the ends of a range are no partition key; they are of its table all the same. */
function routingOfRange(
  cluster: Cluster,
  prepared: PreparedStatement | undefined,
  settings: RequestSettings,
  sessionKeyspace: string | undefined,
): RequestContext {
  const marker = prepared?.parameters[0];
  const keyspace = marker?.keyspace ?? settings.keyspace ?? sessionKeyspace;
  return new RequestContext(cluster, keyspace, settings.routingToken, false, marker?.table);
}

/** `<n short> n x (<name string> <value bytes>)` stands before the body. */
export function payloadLength({ customPayload }: RequestSettings): number {
  if (customPayload === undefined) return 0;
  let length = 2;
  for (const [name, value] of customPayload) length += 2 + Buffer.byteLength(name) + 4 + value.length;
  return length;
}
