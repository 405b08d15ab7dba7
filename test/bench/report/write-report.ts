import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readEtlResults } from '../etl/results.js';
import type { Results } from '../results.js';
import { chart } from './chart.js';
import { document } from './document.js';

const at = (path: string): string => fileURLToPath(new URL(`../../../docs/${path}`, import.meta.url));

export async function writeReport(results: Results): Promise<void> {
  writeFileSync(at('performance.md'), await document(results, readEtlResults()));
  writeFileSync(at('images/performance.svg'), chart(results));
}
