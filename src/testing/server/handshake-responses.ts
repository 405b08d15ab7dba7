import { Opcode } from '../../codec/envelope.js';
import { writeBytes, writeShort, writeString } from '../../codec/primitives.js';
import { writeStringList } from './encode-response.js';
import { CqlResponse } from './response.js';

/** Answers OPTIONS: what the server can do. Native protocol v5, section 4.2.4. */
export function supported(options: Readonly<Record<string, readonly string[]>> = {}): CqlResponse {
  return new CqlResponse({
    opcode: Opcode.SUPPORTED,
    write: (writer) => {
      const entries = Object.entries(options);
      writeShort(writer, entries.length, 'options');
      for (const [name, values] of entries) {
        writeString(writer, name);
        writeStringList(writer, values);
      }
    },
  });
}

/** Answers STARTUP and REGISTER. Native protocol v5, section 4.2.2. */
export function ready(): CqlResponse {
  return new CqlResponse({ opcode: Opcode.READY, write: () => undefined });
}

/**
 * Answers STARTUP: the client has to say who it is. Native protocol v5, section 4.2.3.
 *
 * @param authenticator The Java class of the server's authenticator.
 */
export function authenticate(authenticator: string = PASSWORD_AUTHENTICATOR): CqlResponse {
  return new CqlResponse({ opcode: Opcode.AUTHENTICATE, write: (writer) => writeString(writer, authenticator) });
}

/** What Cassandra asks for passwords with. */
export const PASSWORD_AUTHENTICATOR: string = 'org.apache.cassandra.auth.PasswordAuthenticator';

/** Answers AUTH_RESPONSE: another round. Native protocol v5, section 4.2.7. */
export function authChallenge(token: Uint8Array | null = null): CqlResponse {
  return new CqlResponse({ opcode: Opcode.AUTH_CHALLENGE, write: (writer) => writeBytes(writer, token) });
}

/** Answers AUTH_RESPONSE: the client is who it says. Native protocol v5, section 4.2.8. */
export function authSuccess(token: Uint8Array | null = null): CqlResponse {
  return new CqlResponse({ opcode: Opcode.AUTH_SUCCESS, write: (writer) => writeBytes(writer, token) });
}
