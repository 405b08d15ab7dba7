import { DecodeError } from '../../errors.js';
import type { CqlType } from '../type.js';
import type { ValueCodec } from '../value.js';

// A tuple or user-defined type may end early: what it lacks is null. So a value of eight bytes may stand for a thousand nulls,
// and a collection of such values for more than there is memory.

/** So many fields a cell may lack, and one more for each of its bytes: more than tables get whose types have grown. */
const FREE = 16 * 1024;

let left = Infinity;

/** Counts fields that a value lacks. @throws DecodeError if these are more than its cell may lack. */
export function countMissing(fields: number): void {
  left -= fields;
  if (left < 0) throw new DecodeError('its tuples or user-defined types lack more fields than a value may lack');
}

/** The codec of a column: each of its cells may lack so many fields, and no more. */
export function bounded(codec: ValueCodec): ValueCodec {
  return {
    encode: codec.encode,
    decode: (buffer, start, end) => {
      // A codec of the user's may read another page meanwhile.
      const outer = left;
      left = FREE + end - start;
      try {
        return codec.decode(buffer, start, end);
      } finally {
        left = outer;
      }
    },
  };
}

/** Whether values of a type may lack fields. */
export function mayLackFields(type: CqlType): boolean {
  switch (type.kind) {
    case 'tuple':
    case 'udt':
      return true;
    case 'list':
    case 'set':
    case 'vector':
      return mayLackFields(type.element);
    case 'map':
      return mayLackFields(type.key) || mayLackFields(type.value);
    default:
      return false;
  }
}
