import { catchError, forkJoin, from, map, type Observable, type ObservableInput, of, take } from 'rxjs';
import { type Endpoint, formatEndpoint } from '../wire/socket.js';
import type { LocatedNode, Members } from './members.js';
import { type ClusterInfo, isSameEndpoint, type NodeInfo } from './node-info.js';

/**
 * Where to connect to a node that says that it answers at `address`: for clients that are not in the network of the cluster.
 * Asked for addresses that were learned from the system tables, not for contact points.
 */
export type AddressTranslator = (address: {
  readonly host: string;
  readonly port: number;
}) => { host: string; port: number } | ObservableInput<{ host: string; port: number }>;

export interface LocateOptions {
  readonly addressTranslator: AddressTranslator | undefined;
  readonly warn: (message: string) => void;
}

/**
 * Finds out where to connect to each node. Emits once and completes.
 *
 * The node that was asked is at the place that it was asked at, whatever it says. A node that says the same as before stays
 * where it was.
 */
export function locate(
  { local, peers }: ClusterInfo,
  asked: Endpoint,
  members: Members,
  options: LocateOptions,
): Observable<LocatedNode[]> {
  const known = (info: NodeInfo): Endpoint | undefined => {
    const before = members.get(info.hostId)?.info;
    return before !== undefined && isSameEndpoint(before.advertised, info.advertised) ? before.endpoint : undefined;
  };
  const first: LocatedNode = { ...local, endpoint: known(local) ?? asked };
  if (peers.length === 0) return of([first]);
  return forkJoin(
    peers.map((info) => {
      const before = known(info);
      return before === undefined ? translated(info, options) : of({ ...info, endpoint: before });
    }),
  ).pipe(map((others) => [first, ...others.filter((node) => node !== undefined)]));
}

/** Undefined for a node whose address cannot be translated: it is left out, which must not keep the others away. */
function translated(info: NodeInfo, { addressTranslator, warn }: LocateOptions): Observable<LocatedNode | undefined> {
  const advertised = info.advertised!;
  if (addressTranslator === undefined) return of({ ...info, endpoint: advertised });
  const refused = (reason: unknown): undefined => {
    const why = reason instanceof Error ? reason.message : 'it gave no { host, port }';
    warn(`The node ${formatEndpoint(advertised)} is left out, since its address could not be translated: ${why}.`);
    return undefined;
  };
  let result: ReturnType<AddressTranslator>;
  try {
    result = addressTranslator({ ...advertised });
  } catch (error) {
    return of(refused(error));
  }
  const endpoints: Observable<unknown> = isEndpoint(result) ? of(result) : observed(result);
  return endpoints.pipe(
    take(1),
    map((endpoint) => (isEndpoint(endpoint) ? { ...info, endpoint } : refused(undefined))),
    catchError((error: unknown) => of(refused(error))),
  );
}

function observed(result: unknown): Observable<unknown> {
  try {
    return from(result as ObservableInput<unknown>);
  } catch {
    return of(undefined);
  }
}

function isEndpoint(value: unknown): value is Endpoint {
  const { host, port } = (value ?? {}) as Partial<Endpoint>;
  return typeof host === 'string' && host !== '' && Number.isInteger(port) && port! > 0 && port! <= 0xffff;
}
