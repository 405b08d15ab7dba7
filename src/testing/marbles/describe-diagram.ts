import type { Diagram, Lane, Mark, Strand } from './diagram.js';
import { wasLeft } from './diagram.js';

/** A diagram in sentences, for those who cannot see it. */
export function describeDiagram({ lanes }: Diagram): string {
  return lanes.map(sentenceOf).join('\n');
}

function sentenceOf(lane: Lane): string {
  switch (lane.kind) {
    case 'code':
      return `Operators: ${lane.code.replace(/\s+/g, ' ')}`;
    case 'note':
      return lane.text;
    case 'subscriptions':
      return `${lane.name}: ${lane.subscriptions.map(({ from, to }) => `subscribed from ${from} to ${to ?? 'the end'}`).join('; ')}.`;
    case 'observable':
      if (lane.subscriptions.length === 0) return `${lane.name}: never subscribed to.`;
      return `${lane.name}: ${lane.subscriptions.map(happenings).join('; ')}.`;
  }
}

function happenings(strand: Strand): string {
  const left = wasLeft(strand) ? [`left at ${strand.to!} ms`] : [];
  return [`subscribed to at ${strand.from} ms`, ...strand.marks.map(happening), ...left].join(', ');
}

function happening(mark: Mark): string {
  if (mark.kind === 'complete') return `completed at ${mark.time} ms`;
  if (mark.kind === 'error') return `error at ${mark.time} ms (${mark.text})`;
  const { value } = mark;
  if (value.kind === 'value') return `${value.text} at ${mark.time} ms`;
  const rows = value.rows.length === 0 ? 'an empty page' : `a page of ${value.rows.join(' ')}`;
  return `${rows}${value.hasMorePages ? ' with more to come' : ''} at ${mark.time} ms`;
}
