import { normalizeType } from './normalize-type.js';
import { type CqlType, formatType, formatTypeName, isScalar } from './type.js';

/**
 * A type as {@link normalizeType} writes it, by which a codec of the user's is found; undefined if that is longer than `longest`,
 * so that nobody has asked for it. It is not made of the text of the type: of a type that nests deeply, that would be read again
 * for each of its levels.
 */
export function typeKey(type: CqlType, longest: number): string | undefined {
  // Most types are these, and need none of what follows.
  if (isScalar(type)) return type.kind.length <= longest ? type.kind : undefined;
  let key = '';
  const add = (part: string): boolean => (key += part).length <= longest;
  const addType = (part: CqlType): boolean => {
    switch (part.kind) {
      case 'list':
      case 'set':
        return add(`${part.kind}<`) && addType(part.element) && add('>');
      case 'map':
        return add('map<') && addType(part.key) && add(',') && addType(part.value) && add('>');
      case 'tuple':
        return (
          add('tuple<') && part.elements.every((element, i) => add(i === 0 ? '' : ',') && addType(element)) && add('>')
        );
      case 'vector':
        return add('vector<') && addType(part.element) && add(`,${part.dimensions}>`);
      case 'udt':
        return part.name.length <= longest && add(formatTypeName(part.name));
      case 'custom':
        // White space in it does not count.
        return part.className.length <= 4 * longest && add(normalizeType(formatType(part)));
      default:
        return add(part.kind);
    }
  };
  return addType(type) ? key : undefined;
}
