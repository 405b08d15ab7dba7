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
  signal.addEventListener('abort', abort);
  subscriber.add(() => signal.removeEventListener('abort', abort));
}
