import { Worker } from 'node:worker_threads';

/**
 * A worker whose file is TypeScript. Of compiled files it is `new Worker(file, { workerData })`: only tsx needs more, since Node.js 20
 * does not hand on to workers what it loads modules with.
 */
export function typeScriptWorker(file: URL, workerData: unknown): Worker {
  const tsx = import.meta.resolve('tsx/esm/api');
  const code = `import('${tsx}').then(({ register }) => register()).then(() => import('${file.href}'));`;
  return new Worker(code, { eval: true, workerData });
}
