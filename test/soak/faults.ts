// What is done to the nodes, one at a time.
import { lastValueFrom, retry, timeout, timer } from 'rxjs';
import type { CassandraCluster, CassandraNode } from 'rxcql/testing';
import { reachesPeers } from '../../src/testing/cassandra/cql-probe.js';
import type { Random } from '../fuzz/random.js';

export type FaultKind = 'kill' | 'pause' | 'drain';

export interface Fault {
  readonly kind: FaultKind;
  /** Which node. */
  readonly node: number;
  /** For how long it is away, in seconds, besides what its start takes. */
  readonly seconds: number;
}

const KINDS: readonly FaultKind[] = ['kill', 'pause', 'drain'];

/** How long a node is paused, in seconds. */
const PAUSE = 30;

/** All kinds of faults on all nodes in an order that is drawn, then again in another. Never ends. */
export function* faults(random: Random, nodes: number): Generator<Fault, never> {
  for (;;) {
    const deck = KINDS.flatMap((kind) => Array.from({ length: nodes }, (_, node) => ({ kind, node })));
    while (deck.length > 0) {
      const [{ kind, node }] = deck.splice(random.below(deck.length), 1) as [{ kind: FaultKind; node: number }];
      yield { kind, node, seconds: kind === 'pause' ? PAUSE : 2 + random.below(10) };
    }
  }
}

export const run = (work: ReturnType<CassandraNode['start']>): Promise<unknown> =>
  lastValueFrom(work, { defaultValue: undefined });

export const seconds = (count: number): Promise<unknown> => lastValueFrom(timer(count * 1_000));

/** Does it; resolves when the node answers again. */
export async function inflict({ kind, node, seconds: away }: Fault, { nodes }: CassandraCluster): Promise<void> {
  const victim = nodes[node]!;
  if (kind === 'pause') {
    await run(victim.pause());
    await seconds(away);
    await run(victim.resume());
    return;
  }
  await run(kind === 'kill' ? victim.kill() : victim.stop());
  await seconds(away);
  await run(victim.start());
}

/** How long the nodes may take to see each other, in milliseconds. */
const REUNION = 120_000;

/** Resolves when all nodes see each other: before that, a second fault would leave too few. */
export async function reunion({ nodes }: CassandraCluster): Promise<void> {
  for (const { address } of nodes) {
    const [host, port] = address.split(':') as [string, string];
    const endpoint = { host, port: Number(port), tls: undefined, authentication: false };
    const sees = reachesPeers(endpoint, nodes.length - 1).pipe(retry({ delay: 500 }), timeout(REUNION));
    await lastValueFrom(sees, { defaultValue: undefined });
  }
}
