// Functions of the user that handle secrets throw errors that may hold one, and errors are printed whole, with their causes.

/** Makes something the cause of an error, for programs: `error.cause` has it, but what prints the error does not follow it. */
export function hideCause<E extends Error>(error: E, cause: unknown): E {
  return Object.defineProperty(error, 'cause', { get: () => cause, enumerable: false, configurable: true });
}

/** Gives an error the cause of another one, in whose place it is thrown: shown or hidden, as it is there. */
export function withCauseOf<E extends Error>(error: E, other: Error): E {
  const cause = Object.getOwnPropertyDescriptor(other, 'cause');
  return cause === undefined ? error : Object.defineProperty(error, 'cause', cause);
}
