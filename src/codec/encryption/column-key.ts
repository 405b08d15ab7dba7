import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { NONCE_LENGTH, randomNonce } from './random-nonce.js';

// A ciphertext begins with <magic 9e 52> <version 01> <algorithm byte> <n byte> <key id, n bytes of UTF-8>.

export const MAGIC: readonly [number, number] = [0x9e, 0x52];
export const VERSION = 1;

/** How a value was encrypted: with a random nonce, or with one that is made of the value. */
export type Algorithm = typeof RANDOMIZED | typeof DETERMINISTIC;
export const RANDOMIZED = 1;
export const DETERMINISTIC = 2;

/** In bytes: those of AES-256 and of HMAC-SHA-256. */
const KEY_LENGTH = 32;

/** What one key of the user's is for one column and one algorithm. */
export class ColumnKey {
  readonly id: string;
  /** What a ciphertext begins with. */
  readonly header: Buffer;
  /** What is authenticated beside the value: the header and the column, so that nothing decrypts elsewhere. */
  readonly associated: Buffer;
  /** What encrypts. */
  readonly key: KeyObject;
  readonly #nonceKey: KeyObject | undefined;

  /**
   * ```
   * <encryption key, 32 bytes> <nonce key, 32 bytes> =
   *   HKDF-SHA-256 of the user's key, without salt, for 'rxcql column encryption 1' <algorithm byte> <column>
   * ```
   *
   * Each column has keys of its own, so that what holds for a key, how many values it may encrypt above all, holds for a column.
   */
  constructor(id: string, key: Uint8Array | KeyObject, algorithm: Algorithm, column: string) {
    const name = Buffer.from(column);
    const idBytes = Buffer.from(id);
    const info = Buffer.concat([Buffer.from('rxcql column encryption 1'), Buffer.of(algorithm), name]);
    const derived = Buffer.from(hkdfSync('sha256', key, '', info, 2 * KEY_LENGTH));
    this.id = id;
    this.header = Buffer.concat([Buffer.of(...MAGIC, VERSION, algorithm, idBytes.length), idBytes]);
    this.associated = Buffer.concat([this.header, name]);
    this.key = createSecretKey(derived.subarray(0, KEY_LENGTH));
    this.#nonceKey = algorithm === DETERMINISTIC ? createSecretKey(derived.subarray(KEY_LENGTH)) : undefined;
  }

  /**
   * The nonce for a value: random, or the first 12 bytes of the HMAC-SHA-256 of the associated data and the value. So two values have
   * the same nonce under the same key only if they are the same, and what is authenticated beside them too.
   */
  nonceFor(value: Uint8Array): Uint8Array {
    if (this.#nonceKey === undefined) return randomNonce();
    return createHmac('sha256', this.#nonceKey)
      .update(this.associated)
      .update(value)
      .digest()
      .subarray(0, NONCE_LENGTH);
  }
}
