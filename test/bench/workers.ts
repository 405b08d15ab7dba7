import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';

/** What runs in the processes that are measured. */
const FILES = [
  'worker.ts',
  'threads.ts',
  'thread.ts',
  'gauges.ts',
  'workloads.ts',
  'reading.ts',
  'tables.ts',
  'statements.ts',
  'rxcql.ts',
  'cassandra-driver.ts',
  'floor.ts',
];

/**
 * Makes JavaScript of them, inside of the package, so that `rxcql` is what is built: what runs TypeScript has a thread of its own, whose
 * memory and CPU time would be counted as a driver's. Returns the file to run.
 */
export function buildWorkers(): string {
  const target = join(import.meta.dirname, '.built');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  for (const file of FILES) {
    const { outputText } = ts.transpileModule(readFileSync(join(import.meta.dirname, file), 'utf8'), {
      compilerOptions,
    });
    writeFileSync(join(target, `${basename(file, '.ts')}.js`), outputText);
  }
  return join(target, 'worker.js');
}
