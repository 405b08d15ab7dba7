import type { Driver, Setting, Workload } from './workloads.js';

// What is measured, and what is expected of it. Nothing here is done: `main.ts` does it.

export type ServerKind = 'canned' | 'cassandra';

/** One line of a section: what it is called, and how it differs from the setting of its section. */
export interface Line {
  readonly name: string;
  readonly setting?: Partial<Setting>;
  readonly nodes?: number;
  /** Whether connections are encrypted. */
  readonly isEncrypted?: boolean;
  /** How many times as much there is to do for an operation as in a line of 1: columns, or bytes. */
  readonly size?: number;
}

/** A table of the document. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** What one should know to read it. */
  readonly about: string;
  readonly server: ServerKind;
  readonly rounds: number;
  readonly drivers: readonly Driver[];
  readonly workloads: readonly Workload[];
  readonly lines: readonly Line[];
  readonly setting?: Partial<Setting>;
  /** All figures of each driver, or ours beside those of the peer. */
  readonly table: 'full' | 'growth';
  /** How CPU time for an operation should compare with the line before: the same, or no more. Either may be by `size`. */
  readonly grows?: 'flat' | 'falling';
}

const ALL: readonly Driver[] = ['rxcql', 'cassandra-driver', 'floor'];
const BOTH: readonly Driver[] = ['rxcql', 'cassandra-driver'];

export const ROWS_OF_CASSANDRA = 20_000;

/**
 * How requests are measured where nothing else is said: of a program that has run for a while, since much is compiled once; for a second or less, but in many
 * rounds. A machine that is shared works at half of its speed for seconds at a time.
 */
export const REQUESTS: Setting = {
  operations: 200_000,
  warmUp: 100_000,
  warmUpSeconds: 2,
  concurrency: 256,
  table: 'readings',
  rows: 200_000,
  pageSize: 5_000,
  threads: 0,
};

/** And scans: ten of the whole table. */
export const SCANS: Setting = { ...REQUESTS, operations: 2_000_000, warmUp: 400_000 };

export const PLAN: readonly Section[] = [
  {
    id: 'main',
    title: 'Requests and scans',
    about:
      '256 requests in flight, rows of 8 columns, pages of 5,000 rows, one node. As in a table of readings, 200 rows in a row have the same ' +
      'uuid, and most have the same text of 27 characters; all other values differ.',
    server: 'canned',
    rounds: 9,
    drivers: ALL,
    workloads: [
      'insert',
      'insert in order',
      'insert one by one',
      'point read',
      'point read one by one',
      'point read by mergeRows',
      'scan',
      'columnar scan',
    ],
    lines: [{ name: '' }],
    table: 'full',
  },
  {
    id: 'concurrency',
    title: 'Requests in flight',
    about: 'The more there are, the more of them share a write and a read of the socket.',
    server: 'canned',
    rounds: 15,
    drivers: ALL,
    workloads: ['insert', 'point read'],
    lines: [
      { name: '1', setting: { concurrency: 1, operations: 20_000, warmUp: 20_000 } },
      { name: '16', setting: { concurrency: 16, operations: 100_000 } },
      { name: '100', setting: { concurrency: 100 } },
      { name: '256', setting: { concurrency: 256 } },
      { name: '1,024', setting: { concurrency: 1_024 } },
    ],
    table: 'growth',
    grows: 'falling',
  },
  {
    id: 'operations',
    title: 'Number of operations',
    about: 'The cost of one should not depend on how many there are.',
    server: 'canned',
    rounds: 5,
    drivers: BOTH,
    workloads: ['insert', 'point read by mergeRows'],
    lines: [
      { name: '6,000', setting: { operations: 6_000 } },
      { name: '60,000', setting: { operations: 60_000 } },
      { name: '600,000', setting: { operations: 600_000 } },
    ],
    table: 'growth',
    grows: 'flat',
  },
  {
    id: 'nodes',
    title: 'Nodes',
    about: 'Three nodes of one server process. The floor knows only the first.',
    server: 'canned',
    rounds: 5,
    drivers: BOTH,
    workloads: ['insert', 'point read'],
    lines: [{ name: '1' }, { name: '3', nodes: 3 }],
    table: 'growth',
    grows: 'flat',
  },
  {
    id: 'pages',
    title: 'Rows in a page',
    about: 'What a page costs by itself is shared by its rows.',
    server: 'canned',
    rounds: 5,
    drivers: ALL,
    workloads: ['scan', 'columnar scan'],
    setting: { operations: 1_000_000 },
    lines: [
      { name: '100', setting: { pageSize: 100 } },
      { name: '1,000', setting: { pageSize: 1_000 } },
      { name: '5,000', setting: { pageSize: 5_000 } },
    ],
    table: 'growth',
    grows: 'falling',
  },
  {
    id: 'columns',
    title: 'Columns',
    about: 'Rows of an int and a uuid, of the 8 columns of the main table, and of these several times.',
    server: 'canned',
    rounds: 5,
    drivers: BOTH,
    workloads: ['insert', 'point read', 'scan', 'columnar scan'],
    lines: [
      { name: '2', size: 2, setting: { table: 'columns_2' } },
      { name: '8', size: 8 },
      { name: '50', size: 50, setting: { table: 'columns_50', operations: 100_000, warmUp: 20_000, rows: 20_000 } },
    ],
    table: 'growth',
    grows: 'falling',
  },
  {
    id: 'bytes',
    title: 'Bytes of a value',
    about: 'Rows of an int and a text. Pages have 100 rows, so that one of large values is a megabyte.',
    server: 'canned',
    rounds: 5,
    drivers: ALL,
    workloads: ['insert', 'point read', 'scan'],
    setting: { pageSize: 100, operations: 200_000 },
    lines: [
      { name: '10 B', size: 10, setting: { table: 'bytes_10' } },
      {
        name: '10 KiB',
        size: 10_240,
        setting: { table: 'bytes_10240', operations: 40_000, warmUp: 20_000, rows: 20_000 },
      },
    ],
    table: 'growth',
    grows: 'falling',
  },
  {
    id: 'protocol',
    title: 'Versions of the protocol',
    about:
      'The peer speaks v4 in every line. With TLS, both do so, and the server encrypts what it sends. LZ4 is among the figures of a real Cassandra.',
    server: 'canned',
    rounds: 5,
    drivers: BOTH,
    workloads: ['insert', 'point read', 'scan'],
    lines: [
      { name: 'v4', setting: { protocol: 'v4' } },
      { name: 'v5', setting: { protocol: 'v5' } },
      { name: 'v5 with TLS', isEncrypted: true, setting: { protocol: 'v5' } },
    ],
    table: 'growth',
    grows: 'flat',
  },
  {
    id: 'streaming',
    title: 'Long scans',
    about: 'One query each. Memory should stay where it is, and the event loop free for others.',
    server: 'canned',
    rounds: 3,
    drivers: ALL,
    workloads: ['scan', 'columnar scan'],
    // What is looked at is what memory they take themselves.
    setting: { warmUpSeconds: 0 },
    lines: [
      { name: '1 M rows', setting: { operations: 1_000_000, rows: 1_000_000 } },
      { name: '5 M rows', setting: { operations: 5_000_000, rows: 5_000_000 } },
      { name: '20 M rows', setting: { operations: 20_000_000, rows: 20_000_000 } },
    ],
    table: 'full',
    grows: 'flat',
  },
  {
    id: 'threads',
    title: 'Worker threads',
    about: 'Sessions of their own share the requests.',
    server: 'canned',
    rounds: 5,
    drivers: BOTH,
    workloads: ['insert', 'point read'],
    lines: [
      { name: '1', setting: { threads: 1 } },
      { name: '2', setting: { threads: 2 } },
    ],
    table: 'growth',
    grows: 'flat',
  },
  {
    id: 'cassandra',
    title: 'A real Cassandra',
    about: 'One node on the same machine, of which it takes the most: look at the CPU time of the client.',
    server: 'cassandra',
    rounds: 9,
    drivers: ALL,
    workloads: ['insert', 'point read', 'scan', 'columnar scan'],
    setting: { operations: 200_000, rows: ROWS_OF_CASSANDRA },
    lines: [{ name: '' }],
    table: 'full',
  },
  {
    id: 'cassandra-protocol',
    title: 'Versions of the protocol with a real Cassandra',
    about: 'The peer speaks v4 in every line, uncompressed.',
    server: 'cassandra',
    rounds: 5,
    drivers: BOTH,
    workloads: ['insert', 'point read', 'scan'],
    setting: { operations: 60_000, warmUp: 60_000, rows: ROWS_OF_CASSANDRA },
    lines: [
      { name: 'v4', setting: { protocol: 'v4' } },
      { name: 'v5', setting: { protocol: 'v5' } },
      { name: 'v5 with LZ4', setting: { protocol: 'v5 with LZ4' } },
    ],
    table: 'growth',
    grows: 'flat',
  },
];
