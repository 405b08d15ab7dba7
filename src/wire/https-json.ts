import { get, type RequestOptions } from 'node:https';
import { Observable, timeout, throwError } from 'rxjs';
import { AuthenticationError, ConnectionError, ProtocolError } from '../errors.js';
import { type Endpoint, formatEndpoint } from './socket.js';

/** So many bytes an answer may have. */
const MAX_LENGTH = 1024 * 1024;

/** What a service is called in messages, and what may be wrong where it is not there. */
export interface ServiceWords {
  /** As in 'the metadata service of the secure connect bundle'. */
  readonly name: string;
  /** A sentence. */
  readonly hint: string;
  readonly code: string;
}

/**
 * Asks a service for JSON by HTTPS. Cold, emits once and completes; unsubscribing gives up. Errors with a {@link ConnectionError} that has
 * the code of the words if there is no answer, with an {@link AuthenticationError} if our certificate is refused, and with a
 * {@link ProtocolError} for an answer that is no JSON.
 *
 * @param tls What is trusted, and our own certificate.
 * @param limit In milliseconds.
 */
export function httpsJson(
  endpoint: Endpoint,
  path: string,
  tls: Pick<RequestOptions, 'ca' | 'cert' | 'key'>,
  limit: number,
  words: ServiceWords,
): Observable<unknown> {
  const host = formatEndpoint(endpoint);
  const missing = (reason: string, cause?: unknown): ConnectionError =>
    new ConnectionError(host, `${host}, ${words.name}, ${reason} ${words.hint}`, { code: words.code, cause });
  return new Observable((subscriber) => {
    const request = get({
      ...tls,
      host: endpoint.host,
      port: endpoint.port,
      path,
      agent: false,
      headers: { accept: 'application/json' },
      minVersion: 'TLSv1.2',
      // Said always: an environment variable of Node would turn it off.
      rejectUnauthorized: true,
    });
    request.on('error', (cause) => subscriber.error(missing(`cannot be asked: ${cause.message}.`, cause)));
    request.on('response', (response) => {
      const { statusCode = 0 } = response;
      if (statusCode === 401 || statusCode === 403) {
        const message = `${host}, ${words.name}, refuses the certificate of the bundle: download it again.`;
        subscriber.error(new AuthenticationError(message));
      } else if (statusCode !== 200) {
        subscriber.error(missing(`answers with the status ${statusCode}.`));
      }
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('error', (cause: Error) => subscriber.error(missing(`broke off: ${cause.message}.`, cause)));
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length > MAX_LENGTH) {
          subscriber.error(new ProtocolError(`${host}, ${words.name}, answers with more than ${MAX_LENGTH} bytes.`));
        }
      });
      response.on('end', () => {
        try {
          subscriber.next(JSON.parse(Buffer.concat(chunks).toString()));
          subscriber.complete();
        } catch {
          subscriber.error(new ProtocolError(`${host}, ${words.name}, answers with something that is no JSON.`));
        }
      });
    });
    return () => {
      // A late error of a request that nobody waits for must not end the process.
      request.removeAllListeners('error').on('error', () => undefined);
      request.destroy();
    };
  }).pipe(timeout({ first: limit, with: () => throwError(() => missing(`has not answered within ${limit} ms.`)) }));
}
