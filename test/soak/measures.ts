import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { IDEMPOTENT, type OperationKind } from './workload.js';

/** Whether a node is away, or on its way back. */
export type Phase = 'calm' | 'fault';

/** The figures of one kind of operation in one phase. Times are milliseconds. */
export interface Figures {
  readonly phase: Phase;
  readonly kind: OperationKind;
  readonly done: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly latency: { readonly p50: number; readonly p99: number; readonly p999: number; readonly max: number };
}

/** Counts what becomes of operations. */
export class Measures {
  private readonly series = new Map<string, Series>();

  done(phase: Phase, kind: OperationKind, milliseconds: number): void {
    const series = this.of(phase, kind);
    series.done++;
    series.latency.record(Math.max(1, Math.round(milliseconds * 1_000)));
  }

  failed(phase: Phase, kind: OperationKind, error: string): void {
    const { failed } = this.of(phase, kind);
    failed[error] = (failed[error] ?? 0) + 1;
  }

  figures(): Figures[] {
    return [...this.series.values()].map(({ phase, kind, done, failed, latency }) => {
      const percentile = (share: number): number => (done === 0 ? 0 : latency.percentile(share) / 1_000);
      return {
        phase,
        kind,
        done,
        failed,
        latency: { p50: percentile(50), p99: percentile(99), p999: percentile(99.9), max: percentile(100) },
      };
    });
  }

  private of(phase: Phase, kind: OperationKind): Series {
    const name = `${phase} ${kind}`;
    let series = this.series.get(name);
    if (series === undefined) {
      series = { phase, kind, done: 0, failed: {}, latency: createHistogram() };
      this.series.set(name, series);
    }
    return series;
  }
}

interface Series {
  readonly phase: Phase;
  readonly kind: OperationKind;
  done: number;
  readonly failed: Record<string, number>;
  readonly latency: RecordableHistogram;
}

export const isIdempotent = (kind: OperationKind): boolean => IDEMPOTENT.includes(kind);
