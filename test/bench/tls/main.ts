// What TLS costs: the same work over plain and encrypted connections to a server of the testing kit: `npm run bench:tls [-- --rounds 5]`.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { type Measurement, type Workload, WORKLOADS } from './workloads.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds is a whole number, 1 or more.');

const KINDS = ['plain', 'tls'] as const;
type Kind = (typeof KINDS)[number];

const program = (name: string): string[] => ['--import', 'tsx', fileURLToPath(new URL(name, import.meta.url))];

const server = spawn(process.execPath, program('server.ts'), { stdio: ['pipe', 'pipe', 'inherit'] });
const [where] = (await once(server.stdout, 'data')) as [Buffer];

async function measure(kind: Kind, workload: Workload): Promise<Measurement> {
  const args = [...program('client.ts'), kind, workload, where.toString().trim()];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Measurement;
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

function row(...cells: readonly string[]): void {
  console.log(cells.map((cell, i) => (i < 2 ? cell.padEnd(16) : cell.padStart(14))).join(''));
}

console.log(`Node ${process.version}; medians of ${rounds} rounds, each in a process of its own.\n`);
row('workload', 'connection', 'per second', 'CPU each');
for (const workload of WORKLOADS) {
  const measured: Record<Kind, Measurement[]> = { plain: [], tls: [] };
  for (let round = 0; round < rounds; round++) {
    for (const kind of round % 2 === 0 ? KINDS : [...KINDS].reverse())
      measured[kind].push(await measure(kind, workload));
  }
  const [plain, tls] = KINDS.map((kind) => ({
    rate: median(measured[kind].map(({ operations, seconds }) => operations / seconds)),
    cpu: median(measured[kind].map(({ operations, cpuSeconds }) => (1e6 * cpuSeconds) / operations)),
  })) as [{ rate: number; cpu: number }, { rate: number; cpu: number }];
  row(workload, 'plain', Math.round(plain.rate).toString(), `${plain.cpu.toFixed(1)} µs`);
  row(workload, 'TLS', Math.round(tls.rate).toString(), `${tls.cpu.toFixed(1)} µs`);
  row(workload, 'ratio', `${(tls.rate / plain.rate).toFixed(2)}x`, `${(tls.cpu / plain.cpu).toFixed(2)}x`);
}
server.stdin.end();
