import type { TableName } from './tables.js';

/**
 * What is measured: the same work for every driver, on the same table. Inserts and reads of one row as it is recommended for many, but for
 * those "one by one", of which each begins the next when it has its answer.
 */
export const WORKLOADS = [
  'insert',
  'insert in order',
  'insert one by one',
  'point read',
  'point read one by one',
  'point read by mergeRows',
  'scan',
  'columnar scan',
] as const;
export type Workload = (typeof WORKLOADS)[number];

/** A bare socket that only counts the bytes of its answers: what nothing can be faster than. */
export const DRIVERS = ['rxcql', 'cassandra-driver', 'floor'] as const;
export type Driver = (typeof DRIVERS)[number];

/** How a measurement is made. */
export interface Setting {
  /** Rows that are written or read: of a scan so many times all rows of its table, of what it warms up with too. */
  readonly operations: number;
  /** As many before anything is measured, over and over for {@link warmUpSeconds}. */
  readonly warmUp: number;
  /** Code is compiled by how much time has passed as much as by how often it has run: who is slower must not have more of it. */
  readonly warmUpSeconds: number;
  /** How many requests are in flight. */
  readonly concurrency: number;
  readonly table: TableName;
  /** How many rows the table has. */
  readonly rows: number;
  /** Of scans. */
  readonly pageSize: number;
  /** What ours speaks; `undefined` is what it speaks by default. The others know v4 only. */
  readonly protocol?: 'v4' | 'v5' | 'v5 with LZ4' | undefined;
  /** Worker threads that share the work, each with a session of its own; 0 is none. */
  readonly threads: number;
}

/** What one process is to do. */
export interface Task extends Setting {
  readonly driver: Driver;
  readonly workload: Workload;
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
  /** Whose certificates are trusted, if connections are to be encrypted. */
  readonly ca?: string | undefined;
}

/** How late the event loop was, in milliseconds. */
export interface Lag {
  readonly lagP99: number;
  readonly lagMax: number;
}

/** What a worker reports of one round. */
export interface Measurement extends Lag {
  /** Rows or requests. */
  readonly operations: number;
  readonly seconds: number;
  /** CPU time of the process, in user mode and in the kernel. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly gcSeconds: number;
  /** Of the process, from its start on, in bytes. */
  readonly peakRss: number;
}

/** A driver under measurement. */
export interface Candidate {
  connect(task: Task): Promise<unknown>;
  /** Does the work so often and resolves with the number of operations done. */
  run(task: Task, operations: number): Promise<number>;
  close(): Promise<unknown>;
}
