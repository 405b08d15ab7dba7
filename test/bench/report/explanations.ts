import type { Workload } from '../workloads.js';

/** Why a line does not grow as expected. It is printed only where the figures show it. */
export interface Explanation {
  readonly section: string;
  readonly workloads: readonly Workload[];
  readonly to: readonly string[];
  readonly why: string;
}

export const EXPLANATIONS: readonly Explanation[] = [
  {
    section: 'nodes',
    workloads: ['insert', 'point read'],
    to: ['3'],
    why: 'With three nodes each request needs the token of its partition, which nobody asks for where there is one, and what goes out and comes in at a time is shared by three sockets.',
  },
  {
    section: 'columns',
    workloads: ['scan', 'columnar scan'],
    to: ['8'],
    why: 'The two columns are an int and a uuid that 200 rows have in common, which is made once for them: all others cost more.',
  },
  {
    section: 'protocol',
    workloads: ['insert', 'point read', 'scan'],
    to: ['v5 with TLS'],
    why: 'Node decrypts and encrypts on the same thread.',
  },
  {
    section: 'cassandra-protocol',
    workloads: ['insert', 'point read'],
    to: ['v5'],
    why: 'Fewer answers of Cassandra come at a time than in v4, of point reads mostly half as many: each time is a turn of the event loop.',
  },
  {
    section: 'streaming',
    workloads: ['scan', 'columnar scan'],
    to: ['5 M rows', '20 M rows'],
    why: 'Nothing is warmed up here for long, so what V8 compiles is a larger part of the shorter scan.',
  },
  {
    section: 'threads',
    workloads: ['insert', 'point read'],
    to: ['2'],
    why: 'On two cores, the server takes its part of what the second thread could have.',
  },
];
