import { printableLines } from '../codec/printable.js';
import type { Authenticator, Credentials } from './authenticator.js';

/** The authenticators that are known to speak PLAIN. A password is sent to no other: its name is the server's own word. */
const KNOWN: readonly string[] = [
  'org.apache.cassandra.auth.PasswordAuthenticator',
  'org.apache.cassandra.auth.MutualTlsWithPasswordFallbackAuthenticator',
  'com.scylladb.auth.SaslauthdAuthenticator',
  'com.scylladb.auth.TransitionalAuthenticator',
  'com.datastax.bdp.cassandra.auth.DseAuthenticator',
  'com.amazon.helenus.auth.HelenusAuthenticator',
  'io.aiven.cassandra.auth.AivenAuthenticator',
];

/** It wants to hear the mechanism first, and then asks for the token by these words. */
const DSE = 'com.datastax.bdp.cassandra.auth.DseAuthenticator';
const DSE_MECHANISM = 'PLAIN';
const DSE_CHALLENGE = 'PLAIN-START';

const HIDDEN = '[redacted]';

/** A name and a password that show up in no log: private to this object, and not printed with it. */
export class PlainText implements Authenticator {
  readonly classes: readonly string[];
  readonly required: boolean;
  readonly requireTls: boolean;
  readonly #username: string;
  readonly #password: string;

  constructor({ username, password, required = false, requireTls = false, classes = [] }: Credentials) {
    this.#username = username;
    this.#password = password;
    this.required = required;
    this.requireTls = requireTls;
    this.classes = [...KNOWN, ...classes];
  }

  initialResponse(authenticatorClass: string): readonly Uint8Array[] {
    return [authenticatorClass === DSE ? Buffer.from(DSE_MECHANISM) : this.token()];
  }

  challenge(token: Uint8Array | null): readonly Uint8Array[] {
    if (token === null || Buffer.from(token).toString() !== DSE_CHALLENGE) {
      throw new Error('The server asked for more than a name and a password.');
    }
    return [this.token()];
  }

  /** What a server says, without the password: it may repeat what it was sent. */
  redact(text: string): string {
    if (this.#password === '') return text;
    return text.replaceAll(this.#password, HIDDEN).replaceAll(printableLines(this.#password), HIDDEN);
  }

  /** `[<authorization identity>] NUL <name> NUL <password>` (RFC 4616), without an authorization identity. */
  private token(): Uint8Array {
    return Buffer.from(`\0${this.#username}\0${this.#password}`);
  }

  toJSON(): string {
    return HIDDEN;
  }
}
