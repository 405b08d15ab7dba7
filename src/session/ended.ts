import { type MonoTypeOperatorFunction, tap } from 'rxjs';

/** Does something when the source ends or is left, before anybody downstream hears of it; `finalize()` does it after. */
export function ended<T>(action: () => void): MonoTypeOperatorFunction<T> {
  return tap({ error: action, complete: action, unsubscribe: action });
}
