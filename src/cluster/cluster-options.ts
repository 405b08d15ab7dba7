import type { Endpoint } from '../wire/socket.js';
import type { Directory } from './directory.js';
import type { IsAllowed } from './allowed-addresses.js';
import type { AddressTranslator } from './policies/address-translator.js';
import type { LoadBalancingPolicy } from './policies/load-balancing.js';
import type { PoolOptions } from './pool.js';

/** How a cluster is found, and its nodes connected to. */
export interface ClusterOptions extends PoolOptions {
  /** What knows where the cluster is, in place of contact points. */
  readonly directory: Directory | undefined;
  readonly contactPoints: readonly Endpoint[];
  /** Where nodes answer that do not say at which port. */
  readonly port: number;
  readonly localDataCenter: string | undefined;
  readonly addressTranslator: AddressTranslator | undefined;
  /** Where nodes may be that the cluster tells of. */
  readonly isAllowed: IsAllowed;
  readonly loadBalancing: LoadBalancingPolicy;
  /** Whether to know what is in the keyspaces, and not only how they are replicated. */
  readonly schemaMetadata: boolean;
  /** How many requests a connection takes at a time. */
  readonly maxRequestsPerConnection: number;
  /** Called when a connection has come or gone. */
  readonly onChange: () => void;
}
