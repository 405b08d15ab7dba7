import { catchError, forkJoin, map, type Observable, of } from 'rxjs';
import { type Endpoint, formatEndpoint } from '../wire/socket.js';
import type { IsAllowed } from './allowed-addresses.js';
import type { LocatedNode, Members } from './members.js';
import { type ClusterInfo, isSameEndpoint, type NodeInfo } from './node-info.js';
import { type AddressTranslator, translate } from './policies/address-translator.js';

/** How long a translator may take, in milliseconds. */
const TRANSLATION_LIMIT = 5_000;

export interface LocateOptions {
  /** Where nodes are that are reached by a proxy only, whatever they say. */
  readonly behind: ((hostId: string) => Endpoint) | undefined;
  readonly addressTranslator: AddressTranslator | undefined;
  readonly isAllowed: IsAllowed;
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
  const { behind } = options;
  if (behind !== undefined) return of([local, ...peers].map((info) => ({ ...info, endpoint: behind(info.hostId) })));
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

/**
 * Undefined for a node whose address cannot be translated, or where it must not be connected to: it is left out, which must not keep
 * the others away.
 */
function translated(info: NodeInfo, options: LocateOptions): Observable<LocatedNode | undefined> {
  const { addressTranslator, isAllowed, warn } = options;
  const advertised = info.advertised!;
  const found =
    addressTranslator === undefined ? of(advertised) : translate(addressTranslator, advertised, TRANSLATION_LIMIT);
  return found.pipe(
    map((endpoint) => {
      if (isAllowed(endpoint)) return { ...info, endpoint };
      warn(`A node is left out, ${formatEndpoint(endpoint)}: it is none of the addresses that are allowed.`);
      return undefined;
    }),
    catchError((error: Error) => {
      warn(`A node is left out. ${error.message}`);
      return of(undefined);
    }),
  );
}
