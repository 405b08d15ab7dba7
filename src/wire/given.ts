import { defer, from, type Observable, type ObservableInput, of, take, throwIfEmpty } from 'rxjs';

/**
 * What a function of the user gives: what it returns, or the first that this emits. Cold, emits once and completes. Errors with what is
 * thrown or emitted as an error, and if nothing comes.
 */
export function given(give: () => unknown): Observable<unknown> {
  return defer(() => {
    const answer = give();
    return isInput(answer) ? from(answer) : of(answer);
  }).pipe(
    take(1),
    throwIfEmpty(() => new Error('There was no answer.')),
  );
}

/** By what is found what emits: an Observable, a promise, something that can be iterated, a stream of the web. */
const WAYS: readonly PropertyKey[] = ['subscribe', 'then', Symbol.iterator, Symbol.asyncIterator, 'getReader'];

/** Bytes can be iterated too, but are a value. */
function isInput(answer: unknown): answer is ObservableInput<unknown> {
  if ((typeof answer !== 'object' && typeof answer !== 'function') || answer === null) return false;
  return !(answer instanceof Uint8Array) && WAYS.some((way) => way in answer);
}
