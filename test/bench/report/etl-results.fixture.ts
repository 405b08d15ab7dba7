import type { Measured } from '../etl/measured-process.js';
import type { EtlResults } from '../etl/results.js';
import type { EtlResult } from '../etl/works.js';

/** Three quarters of the CPU time in user mode. */
const round = (seconds: number, cpu: number, megabytes: number): Measured => ({
  seconds,
  userSeconds: cpu * 0.75,
  systemSeconds: cpu * 0.25,
  peakRss: megabytes * 1e6,
});

const result = (one: Omit<EtlResult, 'rounds'>, ...rounds: readonly Measured[]): EtlResult => ({ ...one, rounds });

const csv = { format: 'csv', rows: 1_000_000 } as const;

/** Figures that nobody measured. */
export const etl: EtlResults = {
  machine: { cpu: 'Some CPU', cores: 2, memory: '8 GiB', kernel: 'Linux 6.1', node: 'v20.0.0' },
  versions: { rxcql: '0.1.0', dsbulk: '1.10.0', 'heap of dsbulk': '1g', Python: '3.30.1' },
  sections: {
    compared: [
      result({ work: 'unload', tool: 'rxcql', ...csv }, round(4, 3, 150), round(5, 3, 140), round(6, 4, 160)),
      result({ work: 'unload', tool: 'dsbulk', ...csv }, round(10, 15, 600), round(10, 15, 600), round(10, 15, 600)),
      result({ work: 'load', tool: 'rxcql', ...csv }, round(40, 9, 160)),
      result({ work: 'load', tool: 'dsbulk', ...csv }, round(38, 30, 600)),
      result({ work: 'load', tool: 'Python', ...csv }, round(160, 120, 90)),
    ],
    canned: [result({ work: 'unload', tool: 'rxcql', ...csv }, round(2, 2.2, 145))],
    memory: [
      result({ work: 'unload', tool: 'rxcql', format: 'csv', rows: 100_000 }, round(1, 1, 140)),
      result({ work: 'unload', tool: 'rxcql', format: 'csv', rows: 5_000_000 }, round(9, 10, 142)),
      result({ work: 'load', tool: 'rxcql', format: 'parquet', rows: 100_000 }, round(1, 1, 210)),
    ],
  },
};
