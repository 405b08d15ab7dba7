// What the drivers are asked to do while nodes fail, and what may come of it.
import type { Random } from '../fuzz/random.js';

/** How many partitions there are of each kind: enough for all nodes, few enough to be read back in seconds. */
export const PARTITIONS = { known: 10_000, registers: 10_000, journal: 256, counters: 256 } as const;

/** How many elements a list gets. */
export const LIST_LENGTH = 20;

export const keyspaceOf = (driver: string): string => `rxcql_soak_${driver.replaceAll('-', '_')}`;

/** The statements that make the tables of a keyspace. */
export function schemaOf(keyspace: string): string[] {
  return [
    `DROP KEYSPACE IF EXISTS ${keyspace}`,
    `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}`,
    // Written before anything fails, by all replicas: whatever reads it must find exactly that.
    `CREATE TABLE ${keyspace}.known (k int PRIMARY KEY, proof text)`,
    // Each value follows the one before when that was acknowledged: the last one must win.
    `CREATE TABLE ${keyspace}.registers (k int PRIMARY KEY, v int, proof text)`,
    // Written once.
    `CREATE TABLE ${keyspace}.journal (bucket int, k int, proof text, PRIMARY KEY (bucket, k))`,
    // What must not be done twice.
    `CREATE TABLE ${keyspace}.counters (k int PRIMARY KEY, n counter)`,
    `CREATE TABLE ${keyspace}.lists (k int PRIMARY KEY, elements list<int>)`,
  ];
}

/** By which a row is known to be the one that was asked for. */
export const proofOf = (k: number, v: number): string => `the value ${v} of ${k}`;

export type OperationKind = 'known read' | 'register read' | 'insert' | 'update' | 'count' | 'append';

export const IDEMPOTENT: readonly OperationKind[] = ['known read', 'register read', 'insert', 'update'];

/** How many of a hundred operations are of a kind. */
const SHARES: readonly (readonly [OperationKind, number])[] = [
  ['known read', 45],
  ['register read', 15],
  ['insert', 20],
  ['update', 14],
  ['count', 3],
  ['append', 3],
];

/** The largest share, of those that need a place in the ledger for each operation. */
export const LARGEST_LEDGER_SHARE = 0.25;

export function pickKind(random: Random): OperationKind {
  let left = random.below(100);
  for (const [kind, share] of SHARES) if ((left -= share) < 0) return kind;
  throw new Error('The shares do not add up to a hundred.');
}

export type Row = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly cql: string;
  readonly params: readonly unknown[];
  readonly consistency: 'LOCAL_ONE' | 'LOCAL_QUORUM';
  readonly idempotent: boolean;
}

/** What a driver's error says. */
export interface Failed {
  readonly kind: string;
  /** Whether a write that failed so may have been executed all the same. */
  readonly isUnknown: boolean;
}

export interface Outcome {
  readonly error?: Failed;
  readonly row?: Row | undefined;
  /** Who has answered, as `host:port`. */
  readonly coordinator?: string | undefined;
}

/** A driver under test. */
export interface Candidate {
  connect(contactPoints: readonly string[], localDataCenter: string): Promise<unknown>;
  /** Calls `done` once. */
  run(operation: Operation, done: (outcome: Outcome) => void): void;
  close(): Promise<unknown>;
}

/** When an idempotent request that has no answer yet is sent to another node as well: the same for all drivers. */
export const SPECULATION = { delay: 500, max: 2 } as const;
