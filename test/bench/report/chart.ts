import { PLAN } from '../plan.js';
import type { Results } from '../results.js';
import type { Driver, Workload } from '../workloads.js';
import { figuresOfSection } from './figures-of-section.js';
import { count, times } from './format.js';

const SHOWN: readonly Workload[] = ['insert', 'point read', 'scan', 'columnar scan'];
const BARS: readonly Driver[] = ['rxcql', 'cassandra-driver', 'floor'];
const PEER: Driver = 'cassandra-driver';

const WIDTH = 860;
const TOP = 84;
const LEFT = 150;
/** Where bars end at most: what they are stands behind them. */
const RIGHT = WIDTH - 170;
const BAR = 16;
const STEP = BAR + 6;
const GROUP = BARS.length * STEP + 18;

interface Bar {
  readonly driver: Driver;
  readonly ratio: number;
  readonly perSecond: number;
}

/** Bars of the main table: how many times as much as the peer does in a second. */
export function chart(results: Results): string {
  const main = PLAN.find(({ id }) => id === 'main')!;
  const measured = figuresOfSection(main, results);
  const groups = SHOWN.flatMap((workload) => {
    const figures = measured.find((one) => one.workload === workload)?.figures;
    const peer = figures?.[PEER];
    if (figures === undefined || peer === undefined) return [];
    const bars = BARS.flatMap((driver): Bar[] => {
      const perSecond = figures[driver]?.perSecond.median;
      return perSecond === undefined ? [] : [{ driver, perSecond, ratio: perSecond / peer.perSecond.median }];
    });
    return [{ workload, bars }];
  });
  const longest = Math.max(1, ...groups.flatMap(({ bars }) => bars.map(({ ratio }) => ratio)));
  const lengthOf = (ratio: number): string => ((RIGHT - LEFT) * (ratio / longest)).toFixed(1);
  const height = TOP + groups.length * GROUP;
  const said = groups.map(({ workload, bars }) => `${workload}: ${bars.map(told).join(', ')}.`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="rxcql-chart" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    '<title>How many times as much as cassandra-driver</title>',
    `<desc>${said.join('\n')}</desc>`,
    STYLE,
    `<rect class="card" x=".5" y=".5" width="${WIDTH - 1}" height="${height - 1}" rx="10"/>`,
    '<text class="title" x="24" y="34">How many times as much as cassandra-driver in a second</text>',
    '<text class="note" x="24" y="58">256 requests in flight, rows of 8 columns, pages of 5,000 rows; floor: a socket that only counts bytes</text>',
    ...groups.flatMap(({ workload, bars }, group) => {
      const top = TOP + group * GROUP;
      return [
        `<text class="name" x="24" y="${top + STEP + 12}">${workload}</text>`,
        ...bars.flatMap((bar, i) => {
          const y = top + i * STEP;
          const length = lengthOf(bar.ratio);
          return [
            `<rect class="${bar.driver}" x="${LEFT}" y="${y}" width="${length}" height="${BAR}" rx="3"/>`,
            `<text x="${(LEFT + Number(length) + 8).toFixed(1)}" y="${y + 13}">${told(bar)}</text>`,
          ];
        }),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}

const told = ({ driver, ratio, perSecond }: Bar): string =>
  `${driver} ${driver === PEER ? '' : `${times(ratio)}, `}${count(perSecond)}/s`;

const STYLE = `<style>
.rxcql-chart text{font:12px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1f2328}
.rxcql-chart .card{fill:#fff;stroke:#d1d9e0}
.rxcql-chart .title{font-size:15px;font-weight:600}
.rxcql-chart .note{fill:#59636e}
.rxcql-chart .name{font-size:14px}
.rxcql-chart .rxcql{fill:#0969da}
.rxcql-chart .cassandra-driver{fill:#bc4c00}
.rxcql-chart .floor{fill:#818b98;fill-opacity:.5}
@media (prefers-color-scheme:dark){
.rxcql-chart text{fill:#e6edf3}
.rxcql-chart .card{fill:#0d1117;stroke:#3d444d}
.rxcql-chart .note{fill:#9198a1}
.rxcql-chart .rxcql{fill:#4493f8}
.rxcql-chart .cassandra-driver{fill:#db6d28}
}
</style>`;
