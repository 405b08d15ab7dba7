// Objects whose property names come from the network, or are looked up by such names.

/** Gives an object an own property, whatever its name: `object.__proto__ = value` would change its prototype instead. */
export function setOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
  } else {
    object[name] = value;
  }
}

/** What an object holds under a name, its accessors included; not what every object inherits, such as `constructor`. */
export function getOwn(object: object, name: string): unknown {
  if (name in Object.prototype && !Object.hasOwn(object, name)) return undefined;
  return (object as Readonly<Record<string, unknown>>)[name];
}
