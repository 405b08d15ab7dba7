import { printable, shortened } from '../codec/printable.js';
import { ConnectionError } from '../errors.js';
import { reasonOf } from './socket.js';

/** How far it came with a server, and what was expected of it. */
export interface TlsState {
  /** What its certificate has to name. */
  readonly name: string;
  /** Whether there is a certificate of ours to show. */
  readonly hasCertificate: boolean;
  /** Whether TLS was agreed on. A server of TLS 1.3 says only afterwards what it thinks of our certificate. */
  readonly isAgreed: boolean;
}

type Said = readonly [code: string, words: string];

const UNKNOWN_AUTHORITY: Said = [
  'ERR_RXCQL_TLS_UNKNOWN_AUTHORITY',
  'has a certificate of an authority that is not known: give that of the authority as `ca` of the option `tls`.',
];

/** What OpenSSL says of the certificate of a server, by its code; and what we say. */
const CERTIFICATES: ReadonlyMap<string | undefined, Said> = new Map<string, Said>([
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    [
      'ERR_RXCQL_TLS_SELF_SIGNED',
      'has a certificate that is signed by itself: if it is the right one, give it as `ca` of the option `tls`.',
    ],
  ],
  ['CERT_HAS_EXPIRED', ['ERR_RXCQL_TLS_EXPIRED', 'has a certificate that has expired, or the authority has one.']],
  [
    'CERT_NOT_YET_VALID',
    ['ERR_RXCQL_TLS_NOT_YET_VALID', 'has a certificate that is not valid yet: is the clock of this machine right?'],
  ],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_AUTHORITY],
]);

// OpenSSL's reasons, as Node has them in the code or in the message, with spaces or underscores.
const NO_TLS = /wrong.version.number|packet.length.too.long|http.request/i;
const OTHER_VERSION = /alert.protocol.version|unsupported.protocol|no.protocols.available/i;
const OUR_CERTIFICATE =
  /alert.(certificate.required|bad.certificate|unsupported.certificate|certificate.(revoked|expired|unknown)|unknown.ca|access.denied)/i;
/** What Cassandra says where it does not trust a certificate. */
const INTERNAL_ERROR = /alert.internal.error/i;
/** TLS 1.2 has no word of its own for a certificate that is missing. */
const HANDSHAKE_FAILURE = /alert.handshake.failure/i;

/** What is wrong about the TLS of a server; undefined where it is something else. */
export function tlsError(host: string, cause: Error, state: TlsState): ConnectionError | undefined {
  const { code: reason } = cause as NodeJS.ErrnoException;
  const error = (code: string, words: string): ConnectionError =>
    new ConnectionError(host, `${host} ${words}`, { code, cause: withoutCertificate(cause) });

  const known = CERTIFICATES.get(reason);
  if (known !== undefined) return error(...known);
  if (reason === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return error(
      'ERR_RXCQL_TLS_WRONG_NAME',
      `has a certificate that does not name ${JSON.stringify(state.name)}, but ${namesOf(cause)}: see \`identity\` of the option \`tls\`.`,
    );
  }
  const text = `${reason} ${cause.message}`;
  if (OUR_CERTIFICATE.test(text) || (HANDSHAKE_FAILURE.test(text) && !state.hasCertificate)) {
    const words = state.hasCertificate
      ? 'does not take the client certificate that it was shown: see `cert` of the option `tls`.'
      : 'asks for a client certificate: set `cert` and `key` of the option `tls`.';
    return error('ERR_RXCQL_TLS_CLIENT_CERTIFICATE', words);
  }
  if (state.isAgreed) return undefined;
  if (INTERNAL_ERROR.test(text) && state.hasCertificate) {
    return error(
      'ERR_RXCQL_TLS_CLIENT_CERTIFICATE',
      'failed when it was shown the client certificate: does it know its authority? See `cert` of the option `tls`.',
    );
  }
  if (NO_TLS.test(text)) {
    return error('ERR_RXCQL_TLS_NOT_OFFERED', 'does not speak TLS: is it the right port, and is TLS on there?');
  }
  if (OTHER_VERSION.test(text)) {
    return error('ERR_RXCQL_TLS_VERSION', 'speaks no version of TLS that is spoken here: 1.2 is the lowest.');
  }
  if (reason === 'ECONNRESET' || reason === 'EPIPE') {
    return error(
      'ERR_RXCQL_TLS',
      'ended the connection before TLS was agreed on: does it speak TLS, and does it want a client certificate?',
    );
  }
  if (/^ERR_(SSL|TLS|OSSL)|^EPROTO$/.test(reason ?? '')) {
    return error('ERR_RXCQL_TLS', `and this machine could not agree on TLS: ${shortened(printable(reasonOf(cause)))}.`);
  }
  return undefined;
}

/** The names in a certificate, which are a stranger's words. */
function namesOf(cause: Error): string {
  const { cert } = cause as {
    readonly cert?: { readonly subjectaltname?: string; readonly subject?: { readonly CN?: unknown } };
  };
  const names = cert?.subjectaltname ?? cert?.subject?.CN;
  return typeof names === 'string' ? shortened(printable(names)) : 'nobody';
}

/** Who prints an error need not see all of a certificate. */
function withoutCertificate(cause: Error): Error {
  if ('cert' in cause) Object.defineProperty(cause, 'cert', { enumerable: false });
  return cause;
}
