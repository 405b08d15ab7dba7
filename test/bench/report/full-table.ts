import type { Section } from '../plan.js';
import type { Results } from '../results.js';
import type { Driver } from '../workloads.js';
import { figuresOfSection } from './figures-of-section.js';
import { countSpread, mega, micro, milli, percent, times } from './format.js';
import type { Grid } from './grid.js';

const PEER: Driver = 'cassandra-driver';

/** All figures of all drivers, and what they are of the peer's. */
export function fullTable(section: Section, results: Results): Grid {
  return {
    header: [
      'workload',
      'driver',
      'each second',
      'of the peer',
      'CPU each',
      'of it in the kernel',
      'of the peer',
      'GC',
      'lag p99',
      'lag max',
      'peak RSS',
    ],
    rows: figuresOfSection(section, results).flatMap(({ workload, line, figures }) =>
      section.drivers.flatMap((driver) => {
        const own = figures[driver];
        if (own === undefined) return [];
        const peer = figures[PEER];
        return [
          [
            line.name === '' ? workload : `${workload}, ${line.name}`,
            driver,
            countSpread(own.perSecond),
            peer === undefined ? '' : times(own.perSecond.median / peer.perSecond.median),
            micro(own.cpuEach.median),
            micro(own.systemEach),
            peer === undefined ? '' : times(own.cpuEach.median / peer.cpuEach.median),
            percent(own.gc),
            milli(own.lagP99),
            milli(own.lagMax),
            mega(own.peakRss),
          ],
        ];
      }),
    ),
  };
}
