/** An object in whose place JSON has objects for its maps, by name. */
export function plain(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => [
      name,
      item instanceof Map ? Object.fromEntries(item) : item,
    ]),
  );
}

/** Has JSON.stringify() make of an object what {@link plain} does. */
export function withJson<T extends object>(value: T): T {
  return Object.defineProperty(value, 'toJSON', { value: () => plain(value) });
}
