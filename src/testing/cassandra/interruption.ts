import { Observable, share } from 'rxjs';
import { departed } from './departures.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Emits when a signal asks this process to end. What is subscribed must then stop, and hand what takes longer to `depart`.
 *
 * Listening to a signal takes away what it does by default, so this does it afterwards: once everything has departed, the
 * signal is raised again and ends the process as if nobody had listened. A second signal does so at once, since by then
 * nobody listens. If the program itself listens to the signal, whether to end stays its decision.
 */
export const interruption: Observable<NodeJS.Signals> = new Observable<NodeJS.Signals>((subscriber) => {
  const listener = (signal: NodeJS.Signals): void => {
    const alone = process.listenerCount(signal) === 1;
    subscriber.next(signal);
    if (alone) departed.subscribe({ complete: () => process.kill(process.pid, signal) });
  };
  // First in line: a listener that the program has added with `once` is still there to be counted.
  for (const signal of signals) process.prependListener(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}).pipe(share());
