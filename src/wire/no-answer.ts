import { quoteBytes } from '../codec/envelope.js';
import { ConnectionError, type CqlError } from '../errors.js';

// What a server does that speaks TLS where we do not, or wants a certificate that we do not have, is mostly nothing but to leave.

/** The types of records that a server may begin with: an alert, or a handshake (RFC 8446, section 5.1). */
const ALERT = 0x15;
const HANDSHAKE = 0x16;

/** `<type u8> <version u16: 3, anything> …` @throws ConnectionError if the first bytes of a server are those of a record of TLS. */
export function answersInTls(host: string, bytes: Uint8Array): void {
  if ((bytes[0] !== ALERT && bytes[0] !== HANDSHAKE) || bytes[1] !== 3) return;
  const message = `${host} speaks TLS (it begins with ${quoteBytes(Buffer.from(bytes), 0)}): set the option \`tls\`.`;
  throw new ConnectionError(host, message, { code: 'ERR_RXCQL_TLS_REQUIRED' });
}

/** The end of a connection before the server has said anything: with what may be the reason, where no better one is known. */
export function unanswered(host: string, error: CqlError, isEncrypted: boolean): CqlError {
  if (error.code !== 'ERR_RXCQL_CONNECTION') return error;
  const hint = isEncrypted
    ? 'It has said nothing, as servers do that want a client certificate, or another one: see `cert` of the option `tls`.'
    : 'It has said nothing, as servers do that want TLS: see the option `tls`.';
  return new ConnectionError(host, `${error.message} ${hint}`, { cause: error.cause, code: 'ERR_RXCQL_NO_ANSWER' });
}
