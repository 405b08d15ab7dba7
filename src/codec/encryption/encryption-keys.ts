import { createSecretKey, KeyObject } from 'node:crypto';
import { type BindError, ConfigurationError, type DecodeError } from '../../errors.js';
import { hideCause } from '../hidden-cause.js';
import { quoted } from '../printable.js';

/** A key that columns are encrypted with. */
export interface EncryptionKey {
  /** What the key is called in each ciphertext, where everybody can read it: 1 to 255 bytes of UTF-8. */
  readonly id: string;
  /** 32 random bytes, or a `KeyObject` of `node:crypto` that has them: that one does not show them when it is printed. */
  readonly key: Uint8Array | KeyObject;
}

/**
 * Finds the key of an id, or the newest, which encrypts, for `undefined`; gives undefined if there is none. It is asked for every
 * value: it has to be quick, and to give the same object for the same key each time, as a Map does.
 */
export type EncryptionKeyProvider = (id: string | undefined) => EncryptionKey | undefined;

/** In bytes: those of AES-256. */
const KEY_LENGTH = 32;

/** In bytes: one byte says how long it is. */
const LONGEST_ID = 255;

/** What it is that fails for want of a key. */
type Failure = new (message: string) => BindError | DecodeError;

/** The keys that a user has given. No form of this object that is printed has them. */
export class EncryptionKeys {
  readonly #provider: EncryptionKeyProvider;
  /** Undefined where only a function knows them. */
  readonly #ids: ReadonlySet<string> | undefined;

  /** @throws ConfigurationError for a list without keys, for a key that is none, and for two of one id. */
  constructor(keys: readonly EncryptionKey[] | EncryptionKeyProvider) {
    if (typeof keys === 'function') {
      this.#provider = keys;
      this.#ids = undefined;
      return;
    }
    const byId = ownKeys(keys);
    const [newest] = byId.values();
    this.#provider = (id) => (id === undefined ? newest : byId.get(id));
    this.#ids = new Set(byId.keys());
  }

  /** @throws ConfigurationError for an id that is not in the list. */
  check(id: string): void {
    if (this.#ids?.has(id) === false) {
      throw new ConfigurationError(`No key has the id ${quoted(id)}, by which a column is to be encrypted.`);
    }
  }

  /** The key of an id, or the newest. */
  get(id: string | undefined, Failure: Failure): EncryptionKey {
    let key: EncryptionKey | undefined;
    try {
      key = this.#provider(id);
    } catch (cause) {
      throw hideCause(new Failure('the function that gives its keys failed'), cause);
    }
    if (key === undefined) {
      throw new Failure(
        id === undefined
          ? 'there is no key to encrypt it with'
          : `it is encrypted with the key ${quoted(id)}, which is not there`,
      );
    }
    if (this.#ids === undefined) {
      const problem = problemOf(key) ?? (id === undefined || key.id === id ? undefined : 'has another id');
      if (problem !== undefined) throw new Failure(`the key that a function gave for it ${problem}`);
    }
    return key;
  }
}

/** The keys of a list as they are now: theirs may be wiped, or changed. */
function ownKeys(keys: readonly EncryptionKey[]): Map<string, EncryptionKey> {
  if (!Array.isArray(keys) || keys.length === 0) {
    throw new ConfigurationError('The keys of encrypted columns are an array of at least one, or a function.');
  }
  const own = new Map<string, EncryptionKey>();
  for (const [i, key] of (keys as readonly EncryptionKey[]).entries()) {
    const problem = problemOf(key) ?? (own.has(key.id) ? 'has the id of another' : undefined);
    if (problem !== undefined) throw new ConfigurationError(`The key keys[${i}] of encrypted columns ${problem}.`);
    own.set(key.id, { id: key.id, key: key.key instanceof KeyObject ? key.key : createSecretKey(key.key) });
  }
  return own;
}

/** What is wrong with a key, which says nothing of it. */
function problemOf(given: unknown): string | undefined {
  const { id, key } = (given ?? {}) as Partial<EncryptionKey>;
  if (typeof id !== 'string' || id === '' || Buffer.byteLength(id) > LONGEST_ID) {
    return `needs an id of 1 to ${LONGEST_ID} bytes`;
  }
  const length = key instanceof Uint8Array ? key.length : key instanceof KeyObject ? key.symmetricKeySize : undefined;
  return length === KEY_LENGTH ? undefined : `needs ${KEY_LENGTH} random bytes, as a Uint8Array or a KeyObject`;
}
