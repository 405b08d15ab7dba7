// One of the threads of a process that is measured.
import { parentPort } from 'node:worker_threads';
import type { Order } from './threads.js';
import type { Candidate } from './workloads.js';

let loaded: Candidate | undefined;

async function obey({ task, operations }: Order): Promise<number> {
  if (loaded !== undefined) return loaded.run(task, operations);
  const { candidate } = (await import(`./${task.driver}.js`)) as { candidate: Candidate };
  await candidate.connect(task);
  loaded = candidate;
  return 0;
}

parentPort!.on('message', (order: Order) => {
  // What fails here is an error event of the thread.
  void obey(order).then((operations) => parentPort!.postMessage(operations));
});
