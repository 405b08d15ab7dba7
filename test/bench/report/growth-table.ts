import type { Section } from '../plan.js';
import type { Results } from '../results.js';
import type { Figures, Spread } from '../statistics.js';
import { figuresOfSection } from './figures-of-section.js';
import { count, countSpread, micro, times } from './format.js';
import type { Grid } from './grid.js';

const over = (one: Figures | undefined, other: Figures | undefined, figure: (figures: Figures) => Spread): string =>
  one === undefined || other === undefined ? '' : times(figure(one).median / figure(other).median);

/** Ours beside the peer, line by line. */
export function growthTable(section: Section, results: Results): Grid {
  const hasFloor = section.drivers.includes('floor');
  return {
    header: [
      'workload',
      section.title.toLowerCase(),
      'rxcql, each second',
      'peer',
      'rxcql / peer',
      ...(hasFloor ? ['floor'] : []),
      'rxcql, CPU each',
      'peer',
      'rxcql / peer',
    ],
    rows: figuresOfSection(section, results).map(({ workload, line, figures }) => {
      const { rxcql: ours, 'cassandra-driver': peer, floor } = figures;
      return [
        workload,
        line.name,
        ours ? countSpread(ours.perSecond) : '',
        peer ? countSpread(peer.perSecond) : '',
        over(ours, peer, ({ perSecond }) => perSecond),
        ...(hasFloor ? [floor ? count(floor.perSecond.median) : ''] : []),
        ours ? micro(ours.cpuEach.median) : '',
        peer ? micro(peer.cpuEach.median) : '',
        over(ours, peer, ({ cpuEach }) => cpuEach),
      ];
    }),
  };
}
