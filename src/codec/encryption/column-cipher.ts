import { createCipheriv, createDecipheriv } from 'node:crypto';
import { BindError, DecodeError } from '../../errors.js';
import { getText } from '../reader.js';
import { type Algorithm, ColumnKey, DETERMINISTIC, MAGIC, RANDOMIZED, VERSION } from './column-key.js';
import type { EncryptionKey, EncryptionKeys } from './encryption-keys.js';
import { NONCE_LENGTH } from './random-nonce.js';

// A ciphertext, docs/encryption.md:
//
//   <magic 9e 52> <version 01> <algorithm byte> <n byte> <key id, n bytes> <nonce, 12 bytes> <the value, encrypted> <tag, 16 bytes>
//
//   algorithm 1: AES-256-GCM with a random nonce; 2: with one that is made of the value

const CIPHER = 'aes-256-gcm';
const TAG_LENGTH = 16;

/** Where the key id begins. */
const ID = 5;

/** Encrypts and decrypts the values of one column. */
export class ColumnCipher {
  /** The name that its ciphertexts are bound to. */
  readonly #column: string;
  readonly #keys: EncryptionKeys;
  readonly #algorithm: Algorithm;
  /** The id of the key to encrypt with; undefined for the newest. */
  readonly #keyId: string | undefined;
  /** By algorithm, and by the user's key: for as long as the user keeps that. */
  readonly #derived: Readonly<Record<Algorithm, WeakMap<EncryptionKey['key'], ColumnKey>>> = {
    [RANDOMIZED]: new WeakMap(),
    [DETERMINISTIC]: new WeakMap(),
  };

  /** @param deterministicKey The id of the key that makes the same of the same; undefined for what differs each time. */
  constructor(column: string, keys: EncryptionKeys, deterministicKey?: string) {
    this.#column = column;
    this.#keys = keys;
    this.#algorithm = deterministicKey === undefined ? RANDOMIZED : DETERMINISTIC;
    this.#keyId = deterministicKey;
  }

  /** @throws BindError if there is no key. */
  encrypt(value: Uint8Array): Buffer {
    const columnKey = this.#columnKey(this.#keys.get(this.#keyId, BindError), this.#algorithm);
    const { header, associated, key } = columnKey;
    const nonce = columnKey.nonceFor(value);
    const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_LENGTH }).setAAD(associated);
    const encrypted = cipher.update(value);
    cipher.final();
    return Buffer.concat([header, nonce, encrypted, cipher.getAuthTag()]);
  }

  /** @throws DecodeError for what is no ciphertext, has another key, was changed, or is that of another column. */
  decrypt(buffer: Buffer, start: number, end: number): Buffer {
    const { algorithm, id, at } = readHeader(buffer, start, end);
    const { key, associated } = this.#columnKey(this.#keys.get(id, DecodeError), algorithm);
    const nonce = buffer.subarray(at, at + NONCE_LENGTH);
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_LENGTH }).setAAD(associated);
    decipher.setAuthTag(buffer.subarray(end - TAG_LENGTH, end));
    const value = decipher.update(buffer.subarray(at + NONCE_LENGTH, end - TAG_LENGTH));
    try {
      decipher.final();
    } catch {
      // There is no telling which of these it is.
      throw new DecodeError(
        'it was changed since it was encrypted, or was encrypted for another column, or with another key of that id',
      );
    }
    return value;
  }

  #columnKey({ id, key }: EncryptionKey, algorithm: Algorithm): ColumnKey {
    const derived = this.#derived[algorithm];
    let columnKey = derived.get(key);
    if (columnKey?.id !== id) derived.set(key, (columnKey = new ColumnKey(id, key, algorithm, this.#column)));
    return columnKey;
  }
}

interface Header {
  readonly algorithm: Algorithm;
  readonly id: string;
  /** Where it ends. */
  readonly at: number;
}

function readHeader(buffer: Buffer, start: number, end: number): Header {
  const length = end - start;
  if (length < ID || buffer[start] !== MAGIC[0] || buffer[start + 1] !== MAGIC[1]) {
    throw new DecodeError('it is no ciphertext: it was written without encryption');
  }
  const version = buffer[start + 2]!;
  const algorithm = buffer[start + 3]!;
  if (version !== VERSION || (algorithm !== RANDOMIZED && algorithm !== DETERMINISTIC)) {
    throw new DecodeError(
      `it was encrypted in a way that is not known here: version ${version}, algorithm ${algorithm}`,
    );
  }
  const at = start + ID + buffer[start + 4]!;
  if (at + NONCE_LENGTH + TAG_LENGTH > end) throw new DecodeError('it is a ciphertext that ends too early');
  return { algorithm, id: getText(buffer, start + ID, at), at };
}
