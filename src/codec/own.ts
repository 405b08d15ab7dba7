// Objects whose property names come from the network, or are looked up by such names.

/** Gives an object an own property, whatever its name: `object.__proto__ = value` would change its prototype instead. */
export function setOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
  } else {
    object[name] = value;
  }
}

/** Whether an object holds something under a name, its accessors included; what every object inherits does not count. */
export function hasOwn(object: object, name: string): boolean {
  return name in object && (Object.hasOwn(object, name) || !(name in Object.prototype));
}

/** What an object holds under a name, if {@link hasOwn} says that it does. */
export function getOwn(object: object, name: string): unknown {
  return hasOwn(object, name) ? (object as Readonly<Record<string, unknown>>)[name] : undefined;
}
