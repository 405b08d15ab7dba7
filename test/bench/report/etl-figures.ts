import type { EtlResults, EtlSection } from '../etl/results.js';
import type { EtlResult, Format, ToolName, Work } from '../etl/works.js';
import { type Spread, spread } from '../statistics.js';

/** What the rounds of one program are reduced to. Seconds and bytes. */
export interface EtlFigures {
  readonly seconds: Spread;
  readonly perSecond: number;
  readonly cpu: number;
  readonly peakRss: number;
}

export function etlFiguresOf({ rows, rounds }: EtlResult): EtlFigures {
  const seconds = spread(rounds.map((round) => round.seconds));
  return {
    seconds,
    perSecond: rows / seconds.median,
    cpu: spread(rounds.map(({ userSeconds, systemSeconds }) => userSeconds + systemSeconds)).median,
    peakRss: spread(rounds.map(({ peakRss }) => peakRss)).median,
  };
}

/** Of one of the sections, as far as it was measured. */
export function findEtl(
  { sections }: EtlResults,
  section: EtlSection,
  wanted: { readonly work?: Work; readonly tool?: ToolName; readonly format?: Format },
): EtlFigures[] {
  const { work, tool, format } = wanted;
  return (sections[section] ?? [])
    .filter(
      (one) =>
        (work === undefined || one.work === work) &&
        (tool === undefined || one.tool === tool) &&
        (format === undefined || one.format === format),
    )
    .map(etlFiguresOf);
}
