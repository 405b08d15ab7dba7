import { randomFillSync } from 'node:crypto';

/** In bytes: the length that AES-GCM is made for. */
export const NONCE_LENGTH = 12;

/** Made in advance: to ask for twelve bytes costs nearly as much as to ask for three thousand. */
const pool = Buffer.alloc(256 * NONCE_LENGTH);
let used: number = pool.length;

/** A nonce that was not there before: 96 random bits. Good until the next is asked for. */
export function randomNonce(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += NONCE_LENGTH;
  return pool.subarray(used - NONCE_LENGTH, used);
}
