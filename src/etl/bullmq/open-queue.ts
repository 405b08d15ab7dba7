import { type ConnectionOptions, Queue } from 'bullmq';
import { catchError, concatMap, defer, from, ignoreElements, merge, Observable, take } from 'rxjs';
import { CqlError } from '../../errors.js';
import type { RangeQueue } from './range-queue.js';

/**
 * Opens a queue for as long as what is made of it is subscribed to. If Redis cannot be reached in the beginning, that is an error; what becomes
 * of it later, each call says.
 */
export function withQueue<D, R, T>(
  { connection, prefix }: RangeQueue,
  name: string,
  use: (queue: Queue<D, R>) => Observable<T>,
): Observable<T> {
  return new Observable((subscriber) => {
    let isReady = false;
    const isWanted = (): boolean => isReady && !subscriber.closed;
    const queue = new Queue<D, R>(name, {
      connection: withOptions(connection, { retryStrategy: retrying(connection, isWanted) }),
      ...(prefix !== undefined && { prefix }),
    });
    // What fails is told by the calls that wait for it.
    queue.on('error', () => undefined);
    const failed = new Observable<never>((failing) => {
      queue.on('error', (error) => failing.error(redisError(error)));
    });
    const ready = redis(() => queue.waitUntilReady());
    // What does not become ready any more ends by itself. To say goodbye, as close() does, would wait for a Redis that is away.
    const left = ready.pipe(concatMap(() => (isClient(connection) ? queue.close() : queue.disconnect())));
    subscriber.add(() => left.subscribe({ error: () => undefined }));
    const used = merge(ready, failed).pipe(
      take(1),
      concatMap(() => {
        isReady = true;
        return use(queue);
      }),
    );
    subscriber.add(used.subscribe(subscriber));
  });
}

type RetryStrategy = (times: number) => number | null | void; // eslint-disable-line @typescript-eslint/no-invalid-void-type -- that of ioredis

/** Connects again as the program wants it, or as BullMQ does by itself; and not at all where nobody waits. */
export function retrying(connection: object, isWanted: () => boolean): RetryStrategy {
  const { retryStrategy = withPauses } = connection as { retryStrategy?: RetryStrategy };
  return (times) => (isWanted() ? retryStrategy(times) : null);
}

function withPauses(times: number): number {
  return Math.max(Math.min(Math.exp(times), 20_000), 1_000);
}

/** A call of BullMQ, when it is subscribed to. Errors with a `CqlError` `ERR_RXCQL_REDIS`. */
export function redis<T>(call: () => PromiseLike<T>): Observable<T> {
  return defer(() => from(call())).pipe(
    catchError((error: unknown) => {
      throw redisError(error);
    }),
  );
}

/** The same, of which only the end is wanted. */
export function redisCommand(call: () => PromiseLike<unknown>): Observable<never> {
  return redis(call).pipe(ignoreElements());
}

function redisError(cause: unknown): CqlError {
  const reason = cause instanceof Error && cause.message !== '' ? cause.message : 'no reason was given';
  return new CqlError('ERR_RXCQL_REDIS', `The queue in Redis could not be used: ${reason.replace(/\.$/, '')}.`, {
    cause,
  });
}

/** The options of a connection with others; a client as it is. */
export function withOptions(connection: ConnectionOptions, options: object): ConnectionOptions {
  const own: object = connection;
  return isClient(connection) ? connection : { ...own, ...options };
}

/** Whether a connection is a client, which belongs to the program, and not options to make one. */
export function isClient(connection: ConnectionOptions): boolean {
  return 'duplicate' in connection;
}
