import { describe, expect, it } from 'vitest';
import { tlsError, type TlsState } from '../../src/wire/tls-error.js';

const STATE: TlsState = { name: 'db.example.org', hasCertificate: false, isAgreed: false };

const codeOf = (code: string, message = '', state: Partial<TlsState> = {}): string | undefined =>
  tlsError('10.0.0.1:9042', Object.assign(new Error(message), { code }), { ...STATE, ...state })?.code;

describe('tlsError()', () => {
  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'UNKNOWN_AUTHORITY'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNKNOWN_AUTHORITY'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNKNOWN_AUTHORITY'],
    ['CERT_HAS_EXPIRED', 'EXPIRED'],
    ['CERT_NOT_YET_VALID', 'NOT_YET_VALID'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'WRONG_NAME'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'NOT_OFFERED'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'NOT_OFFERED'],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'VERSION'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'VERSION'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'CLIENT_CERTIFICATE'],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'CLIENT_CERTIFICATE'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'CLIENT_CERTIFICATE'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'CLIENT_CERTIFICATE'],
  ])('knows %s', (code, expected) => {
    expect(codeOf(code)).toBe(`ERR_RXCQL_TLS_${expected}`);
  });

  it('reads what only the message says', () => {
    const message = 'write EPROTO 00C0:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:rec_layer_s3.c';
    expect(codeOf('EPROTO', message)).toBe('ERR_RXCQL_TLS_NOT_OFFERED');
    expect(codeOf('EPROTO', 'write EPROTO: no suitable signature algorithm')).toBe('ERR_RXCQL_TLS');
    expect(codeOf('ECONNRESET', 'read ECONNRESET')).toBe('ERR_RXCQL_TLS');
  });

  it('tells a certificate that is refused from one that is missing', () => {
    const code = 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA';
    const said = (hasCertificate: boolean): string =>
      tlsError('10.0.0.1:9042', Object.assign(new Error(), { code }), { ...STATE, hasCertificate })!.message;
    expect(said(false)).toBe('10.0.0.1:9042 asks for a client certificate: set `cert` and `key` of the option `tls`.');
    expect(said(true)).toContain('does not take the client certificate');
    expect(codeOf('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', '', { hasCertificate: true })).toBe('ERR_RXCQL_TLS');
    const internal = 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR';
    expect(codeOf(internal, '', { hasCertificate: true })).toBe('ERR_RXCQL_TLS_CLIENT_CERTIFICATE');
    expect(codeOf(internal)).toBe('ERR_RXCQL_TLS');
    expect(codeOf(internal, '', { hasCertificate: true, isAgreed: true })).toBeUndefined();
  });

  it('leaves to others what happens to a connection later', () => {
    const state = { isAgreed: true };
    expect(codeOf('ECONNRESET', 'read ECONNRESET', state)).toBeUndefined();
    expect(codeOf('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', '', state)).toBeUndefined();
    expect(codeOf('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', '', state)).toBe('ERR_RXCQL_TLS_CLIENT_CERTIFICATE');
    expect(codeOf('ENOENT')).toBeUndefined();
  });

  it('shows the names of a certificate in a form that moves no cursor, and not the certificate', () => {
    const cert = { subjectaltname: `DNS:\u001b[2J${'x'.repeat(1_000)}`, raw: Buffer.alloc(2_000, 'raw') };
    const cause = Object.assign(new Error(), { code: 'ERR_TLS_CERT_ALTNAME_INVALID', cert });
    const { message } = tlsError('10.0.0.1:9042', cause, STATE)!;
    expect(message).toContain('does not name "db.example.org", but DNS:\\u{1b}[2Jxxx');
    expect(message.length).toBeLessThan(500);
    expect(Object.keys(cause)).not.toContain('cert');
  });
});
