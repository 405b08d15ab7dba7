import { BindError, DecodeError } from '../../errors.js';
import { withCauseOf } from '../hidden-cause.js';
import { type CqlType, formatType } from '../type.js';
import type { ValueCodec } from '../value.js';
import type { Codec } from '../value-options.js';
import { Writer } from '../writer.js';
import type { ColumnCipher } from './column-cipher.js';

/**
 * The codec of a column that holds ciphertexts. The driver takes it for what it is: what is encrypted are the bytes of the plain value,
 * as the session reads and writes them. As a {@link Codec} like others, it goes from a value to its ciphertext and back.
 */
export class EncryptedColumn implements Codec {
  readonly column: string;
  /** What is encrypted. */
  readonly plainType: CqlType;
  /** Whether the same value has the same ciphertext. */
  readonly isDeterministic: boolean;
  readonly #cipher: ColumnCipher;
  readonly #plain: ValueCodec;

  /** @param plain How plain values are read and written where no session says so. */
  constructor(column: string, plainType: CqlType, isDeterministic: boolean, cipher: ColumnCipher, plain: ValueCodec) {
    this.column = column;
    this.plainType = plainType;
    this.isDeterministic = isDeterministic;
    this.#cipher = cipher;
    this.#plain = plain;
  }

  decode(ciphertext: Uint8Array): unknown {
    const { buffer, byteOffset, length } = ciphertext;
    return this.#decrypt(this.#plain, Buffer.from(buffer, byteOffset, length), 0, length);
  }

  encode(value: unknown): Buffer {
    return this.#encrypt(this.#plain, value);
  }

  /** How a column of this type is read and written in which the ciphertexts lie. @param plain How the plain values are. */
  over(type: CqlType, plain: ValueCodec): ValueCodec {
    // Neither what was meant to be secret nor what nobody can read is written where something else belongs.
    if (type.kind !== 'blob') {
      const reason = `an encrypted column has the type blob, and not ${formatType(type)}`;
      return {
        decode: () => {
          throw new DecodeError(reason);
        },
        encode: () => {
          throw new BindError(reason);
        },
      };
    }
    return {
      decode: (buffer, start, end) => this.#decrypt(plain, buffer, start, end),
      encode: (writer, value) => writer.bytes(this.#encrypt(plain, value)),
      isRandomized: !this.isDeterministic,
    };
  }

  #encrypt(plain: ValueCodec, value: unknown): Buffer {
    let message;
    try {
      message = scratch.encode(0, (writer) => plain.encode(writer, value));
    } catch (error) {
      if (!(error instanceof BindError)) throw error;
      const message = `as the ${formatType(this.plainType)} to be encrypted, ${error.message}`;
      throw withCauseOf(new BindError(message), error);
    }
    const { buffer, start, end } = message;
    return this.#cipher.encrypt(buffer.subarray(start, end));
  }

  #decrypt(plain: ValueCodec, buffer: Buffer, start: number, end: number): unknown {
    const bytes = this.#cipher.decrypt(buffer, start, end);
    try {
      return plain.decode(bytes, 0, bytes.length);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const message = `as the ${formatType(this.plainType)} that was encrypted, ${error.message}`;
      throw withCauseOf(new DecodeError(message), error);
    }
  }
}

/** Where the bytes of plain values lie until they are encrypted. */
const scratch = new Writer();
