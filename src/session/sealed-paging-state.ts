import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { ConfigurationError, CqlError } from '../errors.js';

// <nonce, 12 bytes> <the state, encrypted> <tag, 16 bytes>, in base64url
const ALGORITHM = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/** Shorter secrets could be guessed. */
const LEAST_SECRET = 16;

/**
 * Makes text of a paging state that can be given out of one's hands, to a browser for example: it can neither be read, where a state may reveal
 * keys, nor be changed. A server would take many a changed state, or one of another query, and answer with rows that nobody asked for.
 *
 * @param secret At least 16 bytes that only the program knows; the same wherever it is opened.
 * @param purpose What the state is for: the query and whose it is. It is opened for the same purpose only.
 * @throws ConfigurationError for a secret that is too short.
 *
 * @example
 * ```ts
 * const next = page.pagingState && sealPagingState(page.pagingState, secret, `orders of ${user}`);
 * // and when it comes back:
 * session.execute(orders, [user], { pagingState: openPagingState(next, secret, `orders of ${user}`) });
 * ```
 */
export function sealPagingState(state: Uint8Array, secret: string | Uint8Array, purpose: string): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(ALGORITHM, keyOf(secret), nonce).setAAD(Buffer.from(purpose));
  return Buffer.concat([nonce, cipher.update(state), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/**
 * The paging state that {@link sealPagingState} has made text of.
 *
 * @throws CqlError `ERR_RXCQL_PAGING_STATE` for text that was changed, or was sealed with another secret or for another purpose.
 */
export function openPagingState(sealed: string, secret: string | Uint8Array, purpose: string): Buffer {
  const key = keyOf(secret);
  try {
    const bytes = Buffer.from(sealed, 'base64url');
    // Of the many texts that stand for the same bytes only ours is meant.
    if (bytes.length < NONCE + TAG || bytes.toString('base64url') !== sealed) throw new RangeError('It is too short.');
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE));
    decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(-TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]);
  } catch {
    // Why, only helps whoever has changed it.
    throw new CqlError(
      'ERR_RXCQL_PAGING_STATE',
      'This is no paging state that was sealed here for this purpose: begin with the first page.',
    );
  }
}

function keyOf(secret: unknown): Uint8Array {
  const bytes = typeof secret === 'string' ? Buffer.from(secret) : secret;
  if (!(bytes instanceof Uint8Array) || bytes.length < LEAST_SECRET) {
    throw new ConfigurationError(
      `The secret of a paging state is a string or Uint8Array of ${LEAST_SECRET} bytes or more.`,
    );
  }
  return new Uint8Array(hkdfSync('sha256', bytes, '', 'rxcql paging state', 32));
}
