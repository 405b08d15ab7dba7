import type { Observable } from 'rxjs';
import type { Authenticator } from './authenticator.js';
import type { PlainText } from './plain-text.js';

/** Who the connections of a session are. */
export class Login {
  /** What a new connection answers. Cold, emits once; errors with an `AuthenticationError`, or as the function of a user does. */
  readonly mechanism: () => Observable<Authenticator | PlainText>;
  private readonly warned = new Set<string>();

  constructor(mechanism: () => Observable<Authenticator | PlainText>) {
    this.mechanism = mechanism;
  }

  /** Warns, once in a session. */
  warn(message: string, code: string): void {
    if (this.warned.has(code)) return;
    this.warned.add(code);
    process.emitWarning(message, { type: 'RxcqlWarning', code });
  }
}
