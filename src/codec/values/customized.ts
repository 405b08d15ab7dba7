import { BindError } from '../../errors.js';
import type { ValueCodec } from '../value.js';
import type { Codec } from '../value-options.js';

/** A codec of the driver with one of the user's on top. */
export function customized(codec: ValueCodec, own: Codec): ValueCodec {
  return {
    decode: (buffer, start, end) => {
      const value = codec.decode(buffer, start, end);
      return value === null ? null : own.decode(value);
    },
    encode: (writer, value) => {
      let encoded: unknown;
      try {
        encoded = own.encode(value);
      } catch (cause) {
        // What it says may hold the value: it is told as the cause only.
        throw new BindError('the codec for it refuses the value', { cause });
      }
      codec.encode(writer, encoded);
    },
  };
}
