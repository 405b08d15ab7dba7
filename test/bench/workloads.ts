/** What is measured: the same work for every driver, on the same table. */
export const WORKLOADS = ['insert', 'insert in order', 'point read', 'scan', 'columnar scan'] as const;
export type Workload = (typeof WORKLOADS)[number];

export const KEYSPACE = 'rxcql_bench';
export const PAGE_SIZE = 5_000;

export const CREATE_KEYSPACE = `CREATE KEYSPACE IF NOT EXISTS ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`;
export const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS ${KEYSPACE}.readings (
  id int PRIMARY KEY, sensor uuid, name text, at timestamp, value double, count bigint, ok boolean, note text)`;
export const INSERT = `INSERT INTO ${KEYSPACE}.readings (id, sensor, name, at, value, count, ok, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
export const POINT_READ = `SELECT * FROM ${KEYSPACE}.readings WHERE id = ?`;
export const SCAN = `SELECT * FROM ${KEYSPACE}.readings`;

/** What one process is to do. */
export interface Task {
  readonly driver: string;
  readonly workload: Workload;
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
  /** Rows that are written or read, of which each scan reads `rows`. */
  readonly operations: number;
  /** How many rows the table has. */
  readonly rows: number;
  /** How many requests are in flight. */
  readonly concurrency: number;
}

const EPOCH = Date.UTC(2026, 0, 1);
const SENSOR = '9b5ad4f0-3a1e-4b0c-9c53-0f1d2e3a4b5c';

/** The values of one row. */
export function reading(id: number): [number, string, string, Date, number, number, boolean, string] {
  return [
    id,
    SENSOR,
    `sensor-${id}`,
    new Date(EPOCH + id * 1000),
    id / 7,
    id * 1000,
    id % 2 === 0,
    'nothing out of the ordinary',
  ];
}

/** The values of so many rows, over and over. */
export function* readings(operations: number, rows: number): Generator<ReturnType<typeof reading>> {
  for (let i = 0; i < operations; i++) yield reading(i % rows);
}

/** What a worker reports. Seconds, bytes, and rows or requests. */
export interface Measurement {
  readonly operations: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRss: number;
}

/** A driver under measurement. */
export interface Candidate {
  connect(task: Task): Promise<unknown>;
  /** Does the work so often and resolves with the number of operations done. */
  run(task: Task, operations: number): Promise<number>;
  close(): Promise<unknown>;
}
