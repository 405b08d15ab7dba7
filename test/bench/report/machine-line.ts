import type { Machine } from '../results.js';

export const machineLine = ({ cpu, cores, memory, kernel, node }: Machine): string =>
  `The machine: ${cpu}, ${cores} cores, ${memory} of memory, ${kernel}, Node.js ${node}.`;
