import { concat, defer, type Observable } from 'rxjs';
import { redisCommand, withQueue } from './open-queue.js';
import { planQueueName } from './range-plan.js';
import { checkQueue, type RangeQueue } from './range-queue.js';

/**
 * Removes all of a queue from Redis, whatever work it is of, so that its name can be used for another plan. Programs that still work on it are told by an
 * error; what they do does not count.
 *
 * Cold. Completes when nothing is left. Errors with a `CqlError` `ERR_RXCQL_REDIS`.
 *
 * @example
 * ```ts
 * concat(removeRanges(queue), addRanges(queue, tokenRanges(session, 'shop.orders')));
 * ```
 */
export function removeRanges(queue: RangeQueue): Observable<never> {
  return defer(() => {
    checkQueue(queue);
    const removed = [queue.name, planQueueName(queue)].map((name) =>
      withQueue(queue, name, (jobs) => redisCommand(() => jobs.obliterate({ force: true }))),
    );
    return concat(...removed);
  });
}
