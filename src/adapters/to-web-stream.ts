import { ReadableStream } from 'node:stream/web';
import type { Observable } from 'rxjs';
import type { Page } from '../operators/page.js';
import { iterateRows } from './iterate-rows.js';

/**
 * The rows of a query as a `ReadableStream` of the web, for `Response` bodies, `pipeTo()` and `pipeThrough()`. Rows are
 * decoded, and pages fetched, as they are read; none is kept ahead of that.
 *
 * Nothing is sent before it is read. It errors with an error of the query, or with a row that cannot be read; cancelling it
 * unsubscribes at once and asks for nothing more.
 *
 * @example
 * ```ts
 * const lines = new TransformStream<Row, string>({
 *   transform: (row, controller) => controller.enqueue(JSON.stringify(row) + '\n'),
 * });
 * new Response(toWebStream(session.query('SELECT * FROM events')).pipeThrough(lines).pipeThrough(new TextEncoderStream()));
 * ```
 */
export function toWebStream<T>(source: Observable<Page<T>>): ReadableStream<T> {
  const rows = iterateRows(source);
  let isCancelled = false;
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const result = await rows.next();
        if (result.done !== true) controller.enqueue(result.value);
        // It may have been cancelled meanwhile, which has closed it.
        else if (!isCancelled) controller.close();
      },
      async cancel() {
        isCancelled = true;
        await rows.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
