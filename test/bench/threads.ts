import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Candidate, Task } from './workloads.js';

/** What a thread is asked to do; it answers with the number of operations done. */
export interface Order {
  readonly task: Task;
  /** 0 is to connect. */
  readonly operations: number;
}

/** Worker threads that share the work of one driver. What is told of garbage and of the event loop is not theirs, but that of the main thread. */
export class ThreadedCandidate implements Candidate {
  private readonly threads: readonly Worker[];

  constructor(count: number) {
    this.threads = Array.from({ length: count }, () => new Worker(new URL('./thread.js', import.meta.url)));
  }

  connect(task: Task): Promise<unknown> {
    return this.order({ task, operations: 0 });
  }

  run(task: Task, operations: number): Promise<number> {
    return this.order({ task, operations: operations / this.threads.length });
  }

  close(): Promise<unknown> {
    return Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  private async order(order: Order): Promise<number> {
    const done = this.threads.map(async (thread) => {
      thread.postMessage(order);
      const [operations] = (await once(thread, 'message')) as [number];
      return operations;
    });
    return (await Promise.all(done)).reduce((sum, operations) => sum + operations, 0);
  }
}
