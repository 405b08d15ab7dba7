import { asapScheduler, asyncScheduler, defer, observeOn, throwError } from 'rxjs';
import { ConnectionError, type Session, type SessionOptions } from 'rxcql';
import { type CqlRequest, fakeServer, type FakeServer, opcode, type Rule, supported, when } from 'rxcql/testing';
import { sessionIn } from '../../src/session/connect.js';
import type { Endpoint, TcpOptions } from '../../src/wire/socket.js';

export const SHARD_AWARE_PORT = 19_042;

/** What a shard of a ScyllaDB says of itself. */
export function shardRule(shard: number, count: number, port: number | undefined): Rule {
  return when(opcode('OPTIONS')).reply(
    supported({
      SCYLLA_SHARD: [`${shard}`],
      SCYLLA_NR_SHARDS: [`${count}`],
      SCYLLA_SHARDING_IGNORE_MSB: ['12'],
      SCYLLA_SHARDING_ALGORITHM: ['biased-token-round-robin'],
      SCYLLA_PARTITIONER: ['org.apache.cassandra.dht.Murmur3Partitioner'],
      ...(port !== undefined && { SCYLLA_SHARD_AWARE_PORT: [`${port}`] }),
    }),
  );
}

export interface ShardedNodeOptions {
  readonly count: number;
  readonly rules?: readonly Rule[];
  /** Which shard takes the nth connection to the ordinary port. Default: one after another. */
  readonly landing?: (n: number) => number;
  /** What becomes of the shard-aware port: undefined if nobody says that there is one. Default: `'open'`. */
  readonly port?: 'open' | 'refused' | 'translated' | 'elsewhere' | undefined;
}

/** A ScyllaDB without a network, of one node: each of its shards is a server. */
export class ShardedNode {
  shards: readonly FakeServer[];
  /** What was connected to, in order: the port, and from which one if that was chosen. */
  readonly attempts: (readonly [at: number, port: number, localPort: number | undefined])[] = [];
  isDown = false;
  private options: ShardedNodeOptions;
  private readonly otherNode: FakeServer;
  private landed = 0;

  constructor(options: ShardedNodeOptions) {
    const { count, rules = [] } = options;
    this.options = { port: 'open', ...options };
    const port = this.options.port === undefined ? undefined : SHARD_AWARE_PORT;
    const hostId = '00000000-0000-4000-8000-00000000ffff';
    this.otherNode = fakeServer([shardRule(0, count, port)], { nodes: [{ host: '127.0.0.1', hostId }] });
    this.shards = this.servers(count, port, rules);
  }

  /** The node is gone, and back at once with another number of shards. */
  restart(count: number): void {
    const before = this.shards;
    this.options = { ...this.options, count };
    this.shards = this.servers(count, SHARD_AWARE_PORT, this.options.rules);
    for (const shard of before) shard.disconnect(undefined, 'reset');
  }

  private servers(count: number, port: number | undefined, rules: readonly Rule[] = []): FakeServer[] {
    return Array.from({ length: count }, (_, i) => fakeServer([shardRule(i, count, port), ...rules]));
  }

  /** How many connections each shard has. */
  get connections(): number[] {
    return this.shards.map(({ connections }) => connections);
  }

  /** How many connections there were to a port. */
  attemptsAt(port: number): number {
    return this.attempts.filter(([, asked]) => asked === port).length;
  }

  session(options: Partial<SessionOptions> = {}): Session {
    const environment = {
      socket: (endpoint: Endpoint, tcpOptions: TcpOptions) => this.socket(endpoint, tcpOptions),
      endOfTurn: (work: () => void) => {
        const scheduled = asapScheduler.schedule(work);
        return () => scheduled.unsubscribe();
      },
      now: () => asyncScheduler.now(),
      random: () => 0.5,
    };
    return sessionIn(environment, {
      contactPoints: ['127.0.0.1:9042'],
      schemaMetadata: false,
      reconnection: () => 100,
      ...options,
    });
  }

  /** What the program has asked each shard, by its text. */
  asked(): string[][] {
    return this.shards.map((shard) => {
      const texts: string[] = [];
      const isOwn = ({ cql = '' }: CqlRequest): boolean => cql !== '' && !cql.includes('system');
      shard.requests.subscribe((request) => isOwn(request) && texts.push(request.cql!));
      return texts;
    });
  }

  private socket({ port }: Endpoint, { localPort }: TcpOptions): FakeServer {
    return ((outgoing) =>
      defer(() => {
        this.attempts.push([asyncScheduler.now(), port, localPort]);
        if (port === SHARD_AWARE_PORT && this.options.port === 'elsewhere') return this.otherNode(outgoing);
        const shard = this.isDown ? undefined : this.shardAt(port, localPort);
        if (shard !== undefined) return this.shards[shard % this.options.count]!(outgoing);
        const message = `Cannot connect to 127.0.0.1:${port}.`;
        return throwError(() => new ConnectionError('127.0.0.1', message)).pipe(observeOn(asapScheduler));
      })) as FakeServer;
  }

  private shardAt(port: number, localPort: number | undefined): number | undefined {
    const { port: state, landing = (n: number) => n, count } = this.options;
    if (port !== SHARD_AWARE_PORT) return landing(this.landed++);
    if (state === 'refused') return undefined;
    return state === 'translated' ? localPort! + 1 : localPort! % count;
  }
}
