/** What is measured: small requests and answers, of which many are in flight, and large pages, one after another. */
export const WORKLOADS = ['point read', 'page of 1 MiB'] as const;
export type Workload = (typeof WORKLOADS)[number];

export const POINT_READ = 'SELECT v FROM bench.small WHERE k = ?';
export const PAGE = 'SELECT v FROM bench.large';

export const CONCURRENCY = 128;
export const ROWS = 1_000;
export const ROW_LENGTH = 1_024;

/** How often a client does each workload over; a quarter as often before that is not measured. */
export const OPERATIONS: Readonly<Record<Workload, number>> = { 'point read': 60_000, 'page of 1 MiB': 600 };

/** Where the server is, with its certificates. */
export interface Server {
  readonly plain: string;
  readonly tls: string;
  readonly ca: string;
}

/** What a client reports. Seconds and requests. */
export interface Measurement {
  readonly operations: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}
