// Objects whose property names come from the network, or are looked up by such names.

/**
 * An object with these properties of its own, all null. Copies of it are quick to make, have one shape, and can be assigned
 * to: `__proto__` is then a property like any other, where assigning it to `{}` would change the prototype.
 */
export function templateOf(names: readonly string[]): Record<string, unknown> {
  return JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`) as Record<string, unknown>;
}

/** Whether an object holds something under a name, its accessors included; what every object inherits does not count. */
export function hasOwn(object: object, name: string): boolean {
  return name in object && (Object.hasOwn(object, name) || !(name in Object.prototype));
}

/** What an object holds under a name, if {@link hasOwn} says that it does. */
export function getOwn(object: object, name: string): unknown {
  return hasOwn(object, name) ? (object as Readonly<Record<string, unknown>>)[name] : undefined;
}
