import { catchError, forkJoin, map, type Observable, of } from 'rxjs';
import type { Endpoint } from '../wire/socket.js';
import type { LocatedNode, Members } from './members.js';
import { type ClusterInfo, isSameEndpoint, type NodeInfo } from './node-info.js';
import { type AddressTranslator, translate } from './policies/address-translator.js';

/** How long a translator may take, in milliseconds. */
const TRANSLATION_LIMIT = 5_000;

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
  return translate(addressTranslator, advertised, TRANSLATION_LIMIT).pipe(
    map((endpoint) => ({ ...info, endpoint })),
    catchError((error: Error) => {
      warn(`A node is left out. ${error.message}`);
      return of(undefined);
    }),
  );
}
