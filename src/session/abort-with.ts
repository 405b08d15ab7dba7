import { setMaxListeners } from 'node:events';
import type { Subscriber } from 'rxjs';

/**
 * Errors a subscriber with the reason of a signal when that is aborted, or at once if it is. Nothing is left on the signal when the
 * subscriber is through.
 */
export function abortWith(signal: AbortSignal | undefined, subscriber: Subscriber<never>): void {
  if (signal === undefined) return;
  const abort = (): void => subscriber.error(signal.reason);
  if (signal.aborted) {
    abort();
    return;
  }
  // One signal for thousands of requests is no leak, for which Node takes more than ten listeners.
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
  signal.addEventListener('abort', abort);
  subscriber.add(() => signal.removeEventListener('abort', abort));
}
