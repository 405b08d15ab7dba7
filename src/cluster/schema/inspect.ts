// As in operators/inspect.ts: neither room may import the other.

/** Under this name Node looks for a method that says how an object is shown by `console.log` and `util.inspect`. */
export const inspectCustom: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** `util.inspect`, which is handed to that method. */
export type Inspect = (value: unknown, options?: object) => string;
