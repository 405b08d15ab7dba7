// Policies, and what they decide, without a cluster: `npx tsx docs/examples/policies.ts`.
import {
  type AddressTranslator,
  allowList,
  defaultRetry,
  exponentialReconnection,
  type LoadBalancingPolicy,
  monotonicTimestamps,
  type Node,
  percentileSpeculation,
  rackAware,
  ResponseError,
  type RetryPolicy,
  tokenAware,
} from 'rxcql';

const options = {
  loadBalancing: tokenAware(rackAware({ localRack: 'a' })),
  retry: defaultRetry({ maxAttempts: 4 }),
  speculation: percentileSpeculation({ percentile: 99 }),
  reconnection: exponentialReconnection({ max: 10_000 }),
  timestamps: monotonicTimestamps(),
};

const leastBusy: LoadBalancingPolicy = (context) => {
  const { nodes, localDataCenter } = context.topology;
  return nodes
    .filter(({ isUp, datacenter }) => isUp && datacenter === localDataCenter)
    .sort((a, b) => context.inFlight(a) - context.inFlight(b));
};

const forReports = allowList(['10.0.0.3:9042', '10.0.0.4:9042']);
const otherwise = tokenAware();
const reports: LoadBalancingPolicy = function* (context) {
  yield* forReports(context);
  yield* otherwise(context);
};

const standard = defaultRetry();
const retry: RetryPolicy = (failure) => {
  const { error, attempt, idempotent } = failure;
  const isPlainWrite = error instanceof ResponseError && error.writeType === 'SIMPLE';
  return isPlainWrite && error.kind === 'WriteTimeout' && idempotent && attempt === 1 ? 'same' : standard(failure);
};

const outside = new Map([['10.0.0.1', 'cassandra-1.example.com']]);
const addressTranslator: AddressTranslator = ({ host, port }) => ({ host: outside.get(host) ?? host, port });

// Four nodes in two racks, of which the first is down. The partition is on the first three.
const nodes = ['a', 'b', 'a', 'b'].map((rack, i): Node => {
  const address = `10.0.0.${i + 1}:9042`;
  return { hostId: String(i), address, datacenter: 'dc1', rack, isUp: i > 0, releaseVersion: '5.0.5' };
});
const plan = (policy: LoadBalancingPolicy, replicas: readonly Node[] = []): string =>
  [
    ...policy({
      topology: { nodes, localDataCenter: 'dc1' },
      keyspace: 'shop',
      token: undefined,
      replicas,
      isConditional: true,
      inFlight: (node) => nodes.length - nodes.indexOf(node),
    }),
  ]
    .map(({ address }) => address)
    .join(' ');

console.log(`rack aware: ${plan(options.loadBalancing, nodes.slice(0, 3))}`);
console.log(`least busy: ${plan(leastBusy)}`);
console.log(`by replica: ${plan(tokenAware(leastBusy), nodes.slice(0, 3))}`);
console.log(`reports:    ${plan(reports, nodes.slice(2))}`);

const error = new ResponseError('WriteTimeout', 'It took too long.', { writeType: 'SIMPLE' });
const failure = { error, attempt: 1, idempotent: true, written: true, consistency: 'LOCAL_QUORUM' } as const;
console.log(`a write:    ${standard(failure)}, or ${retry(failure)}`);
console.log(`connect to: ${JSON.stringify(addressTranslator({ host: '10.0.0.1', port: 9042 }))}`);
