/** Something that must not be, whatever a server sends. */
export class Violation extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'Violation';
  }
}
