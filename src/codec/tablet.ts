import { DecodeError } from '../errors.js';
import type { CqlType } from './type.js';
import { valueCodec } from './value-codec.js';

/** The name under which a custom payload has a {@link Tablet}. */
export const TABLET_PAYLOAD = 'tablets-routing-v1';

/** A piece of a table of ScyllaDB, as a server tells of it that was asked for what others have. */
export interface Tablet {
  /** The token before its first one. */
  readonly first: bigint;
  /** Its last token. */
  readonly last: bigint;
  /** The host ids of its replicas. */
  readonly hosts: readonly string[];
}

const REPLICA: CqlType = { kind: 'tuple', elements: [{ kind: 'uuid' }, { kind: 'int' }] };
const { decode } = valueCodec({
  kind: 'tuple',
  elements: [{ kind: 'bigint' }, { kind: 'bigint' }, { kind: 'list', element: REPLICA }],
});

/**
 * Reads `tuple<bigint, bigint, list<tuple<uuid, int>>>`: the token before the first, the last, and the hosts with a shard of each,
 * of which nothing is made.
 *
 * @throws DecodeError if it is no such thing, or holds no token.
 */
export function readTablet(payload: Buffer): Tablet {
  const [first, last, replicas] = (decode(payload, 0, payload.length) ?? []) as unknown[];
  if (typeof first !== 'bigint' || typeof last !== 'bigint' || first >= last || !Array.isArray(replicas)) {
    throw new DecodeError('A tablet has no tokens or no replicas.');
  }
  const hosts = replicas.map((replica: readonly unknown[] | null) => {
    const host = replica?.[0];
    if (typeof host !== 'string') throw new DecodeError('A replica of a tablet has no host.');
    return host;
  });
  return { first, last, hosts };
}
