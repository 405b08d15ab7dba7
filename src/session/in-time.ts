import { type Observable, throwError, timeout } from 'rxjs';
import { RequestTimeoutError } from '../errors.js';

/** The source, or a {@link RequestTimeoutError} if it neither emits nor completes within `milliseconds`. */
export function inTime<T>(source: Observable<T>, milliseconds: number): Observable<T> {
  const expired = throwError(
    () => new RequestTimeoutError(`The request was not ready to be sent within ${milliseconds} ms.`),
  );
  return source.pipe(timeout({ first: milliseconds, with: () => expired }));
}
