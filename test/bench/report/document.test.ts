import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readEtlResults } from '../etl/results.js';
import { etl } from './etl-results.fixture.js';
import { merge, type Result, type Results } from '../results.js';
import { readResults } from '../results-file.js';
import type { Driver, Measurement, Workload } from '../workloads.js';
import { chart } from './chart.js';
import { document } from './document.js';

const machine = { cpu: 'Some CPU', cores: 2, memory: '8 GiB', kernel: 'Linux 6.1', node: 'v20.0.0' };

/** A second each, `cpuEach` microseconds for each operation. */
const round = (operations: number, cpuEach: number): Measurement => ({
  operations,
  seconds: 1,
  userSeconds: (operations * cpuEach * 0.75) / 1e6,
  systemSeconds: (operations * cpuEach * 0.25) / 1e6,
  gcSeconds: 0.02,
  lagP99: 1.5,
  lagMax: 12,
  peakRss: 100e6,
});

const result = (workload: Workload, line: string, driver: Driver, ...rounds: readonly Measurement[]): Result => ({
  workload,
  line,
  driver,
  rounds,
});

const results: Results = {
  machine,
  sections: {
    main: [
      result('point read', '', 'rxcql', round(480_000, 2), round(500_000, 2), round(510_000, 2)),
      result('point read', '', 'cassandra-driver', round(100_000, 10), round(90_000, 10), round(125_000, 10)),
      result('point read', '', 'floor', round(2_000_000, 0.5), round(2_000_000, 0.5), round(2_000_000, 0.5)),
      result('scan', '', 'rxcql', round(1_500_000, 0.6)),
      result('scan', '', 'cassandra-driver', round(500_000, 2)),
    ],
    operations: [
      result('insert', '6,000', 'rxcql', round(6_000, 4)),
      result('insert', '60,000', 'rxcql', round(60_000, 2)),
      result('insert', '600,000', 'rxcql', round(600_000, 2.2)),
    ],
    columns: [
      result('scan', '2', 'rxcql', round(2_000_000, 0.2)),
      result('scan', '8', 'rxcql', round(1_000_000, 0.8)),
      result('scan', '50', 'rxcql', round(100_000, 8)),
    ],
    threads: [result('insert', '1', 'rxcql', round(400_000, 2)), result('insert', '2', 'rxcql', round(400_000, 2))],
  },
};

const why = 'So few are done before the compiler is.';
const explanations = [{ section: 'operations', workloads: ['insert'], to: ['60,000'], why }] as const;

describe('the document', () => {
  it('is rendered from the figures', async () => {
    await expect(await document(results, etl, explanations)).toMatchFileSnapshot('document.expected.md');
  });

  it('has a chart of multiples of the peer', async () => {
    await expect(chart(results)).toMatchFileSnapshot('chart.expected.svg');
  });

  it('is what the figures that are kept render to', async () => {
    const at = (path: string): string => fileURLToPath(new URL(`../../../docs/${path}`, import.meta.url));
    const kept = readResults();
    expect(existsSync(at('performance.md'))).toBe(kept !== undefined);
    if (kept === undefined) return;
    expect(readFileSync(at('performance.md'), 'utf8')).toBe(await document(kept, readEtlResults()));
    expect(readFileSync(at('images/performance.svg'), 'utf8')).toBe(chart(kept));
  });
});

describe('figures', () => {
  const [first] = results.sections['operations']!;
  const again = { ...first!, rounds: [round(6_000, 3)] };

  it('take the place of older ones of the same case', () => {
    const merged = merge(results, machine, 'operations', [again]);
    expect(merged.sections['operations']).toHaveLength(3);
    expect(merged.sections['operations']).toContain(again);
    expect(merged.sections['main']).toBe(results.sections['main']);
  });

  it('are not mixed with those of another machine', () => {
    expect(merge(results, { ...machine, cores: 8 }, 'operations', [again]).sections).toEqual({ operations: [again] });
  });
});
