import type { Check } from '../../check.js';
import type { Directory } from '../../cluster/directory.js';
import { ConfigurationError } from '../../errors.js';
import type { Encryption } from '../../wire/socket.js';
import { encryptionOf } from '../tls-options.js';
import { MetadataService } from './metadata-service.js';
import { readSecureConnectBundle } from './secure-connect-bundle.js';

/** What a secure connect bundle stands for. */
export interface Cloud {
  readonly directory: Directory;
  readonly encryption: Encryption;
  readonly keyspace: string | undefined;
}

export const secureConnectBundle: Check = (value, name) => {
  if ((typeof value === 'string' && value !== '') || value instanceof Uint8Array) return;
  throw new ConfigurationError(
    `The option ${JSON.stringify(name)} must be the path of a secure connect bundle, or its bytes.`,
  );
};

/** What the bundle settles. */
const SETTLED = ['contactPoints', 'port', 'tls', 'addressTranslator', 'allowedAddresses'] as const;

export type SettledByBundle = (typeof SETTLED)[number];

interface CloudOptions extends Readonly<Partial<Record<SettledByBundle, unknown>>> {
  readonly secureConnectBundle?: string | Uint8Array;
  readonly connectTimeout?: number;
}

/** Undefined without a bundle. @throws ConfigurationError for one that cannot be used, or with which other options do not go. */
export function cloudOf(options: CloudOptions): Cloud | undefined {
  if (options.secureConnectBundle === undefined) return undefined;
  const other = SETTLED.find((name) => options[name] !== undefined);
  if (other !== undefined) {
    throw new ConfigurationError(
      `The options "secureConnectBundle" and "${other}" do not go together: the bundle says where the nodes are, and how to reach them.`,
    );
  }
  const bundle = readSecureConnectBundle(options.secureConnectBundle);
  const { ca, cert, key, keyspace } = bundle;
  return {
    directory: new MetadataService(bundle, options.connectTimeout ?? 5_000),
    encryption: encryptionOf({ ca, cert, key }),
    keyspace,
  };
}
