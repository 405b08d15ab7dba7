import { type CqlType, formatType } from '../../codec/type.js';
import { shortened } from '../../codec/printable.js';
import { BindError } from '../../errors.js';

/** What converts, with sentences for what it throws: the codecs say only what was expected. */
export function refusing<T>(what: string, type: CqlType, convert: (value: T) => unknown): (value: T) => unknown {
  const refusal = `${what} is no ${shortened(formatType(type))}`;
  return (value) => {
    try {
      return convert(value);
    } catch (error) {
      if (!(error instanceof BindError)) throw error;
      throw new BindError(`${refusal}: ${error.message}.`);
    }
  };
}
