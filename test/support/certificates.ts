import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A certificate and its key, as PEM and as the files that have it. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface CertificateOptions {
  /** Whom it is for, as `DNS:db.example.org,IP:127.0.0.1`. Default: nobody in particular. */
  readonly names?: string;
  /** Its common name. Default: that of the file. */
  readonly commonName?: string;
  /** Until when, from now on; negative ones have expired. Default: a day. */
  readonly days?: number;
  /** Who signs it. Default: it does so itself. */
  readonly authority?: Certificate;
  readonly isAuthority?: boolean;
}

/** Makes certificates with openssl, in a folder of their own. */
export class Certificates {
  readonly folder = mkdtempSync(join(tmpdir(), 'rxcql-certificates-'));
  private count = 0;

  make(options: CertificateOptions = {}): Certificate {
    const name = `certificate-${++this.count}`;
    const { names, commonName = name, days = 1, authority, isAuthority = false } = options;
    const [certFile, keyFile, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((end) =>
      join(this.folder, `${name}.${end}`),
    ) as [string, string, string, string];
    const lines = [`basicConstraints=critical,CA:${isAuthority ? 'TRUE' : 'FALSE'}`];
    if (names !== undefined) lines.push(`subjectAltName=${names}`);
    writeFileSync(extensions, `${lines.join('\n')}\n`);
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
    openssl('req', '-new', ...newKey, '-subj', `/CN=${commonName}`, '-out', request);
    const signer =
      authority === undefined
        ? ['-signkey', keyFile]
        : ['-CA', authority.certFile, '-CAkey', authority.keyFile, '-CAcreateserial'];
    openssl('x509', '-req', '-in', request, ...signer, '-days', String(days), '-extfile', extensions, '-out', certFile);
    return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certFile, keyFile };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Those of a file of tests, which are gone after it. */
export function certificates(): Certificates {
  const made = new Certificates();
  afterAll(() => made.remove());
  return made;
}
