import {
  catchError,
  defer,
  from,
  map,
  type Observable,
  type ObservableInput,
  of,
  take,
  throwError,
  throwIfEmpty,
  timeout,
} from 'rxjs';
import { ConfigurationError, ConnectionError } from '../../errors.js';
import { type Endpoint, formatEndpoint } from '../../wire/socket.js';

/**
 * Where to connect to for an address that a node says it has, for clusters that are reached through other addresses than
 * those that their nodes know of. It may take its time: the first value of an Observable, a promise or the like is taken. It is
 * asked when the address of a node is learned from the system tables, or has changed there; contact points are used as they are.
 */
export type AddressTranslator = (address: {
  readonly host: string;
  readonly port: number;
}) => { host: string; port: number } | ObservableInput<{ host: string; port: number }>;

/**
 * Asks a translator: cold, emits once and completes. Errors with a {@link ConnectionError} that has the reason if the translator
 * fails, or has no answer within `limit` milliseconds; with a {@link ConfigurationError} if its answer is no address.
 */
export function translate(translator: AddressTranslator, endpoint: Endpoint, limit: number): Observable<Endpoint> {
  const name = formatEndpoint(endpoint);
  return defer(() => {
    const { host, port } = endpoint;
    const answer: unknown = translator({ host, port });
    return isInput(answer) ? from(answer) : of(answer);
  }).pipe(
    timeout({ first: limit, with: () => throwError(() => new Error(`There was no answer within ${limit} ms.`)) }),
    take(1),
    throwIfEmpty(() => new Error('There was no answer.')),
    catchError((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : 'What was thrown is no error.';
      const message = `The address translator failed for ${name}: ${reason}`;
      return throwError(() => new ConnectionError(name, message, { cause }));
    }),
    map((answer) => {
      if (isEndpoint(answer)) return { host: answer.host, port: answer.port };
      throw new ConfigurationError(
        `The address translator must give { host, port }, or an Observable or a promise of that; for ${name} it did not.`,
      );
    }),
  );
}

/** What has no host may be anything that emits: an Observable, a promise, an iterable. */
function isInput(answer: unknown): answer is ObservableInput<unknown> {
  return (typeof answer === 'object' || typeof answer === 'function') && answer !== null && !('host' in answer);
}

function isEndpoint(answer: unknown): answer is Endpoint {
  if (typeof answer !== 'object' || answer === null) return false;
  const { host, port } = answer as Partial<Endpoint>;
  return typeof host === 'string' && host !== '' && Number.isInteger(port) && port! >= 1 && port! <= 65_535;
}
