import type { SessionOptions } from 'rxcql';
import { inject } from 'vitest';

const security = inject('security');

/** Whether it asks for a password and a certificate, as in a run of `npm run test:secure`. */
export const isSecure = security !== undefined;

/** How to reach the Cassandra that all tests share: where it is, and if it is secure, by which keys and as whom. */
export const sharedNode: Pick<SessionOptions, 'contactPoints' | 'tls' | 'auth'> & { readonly localDataCenter: string } =
  { contactPoints: inject('contactPoints'), localDataCenter: inject('localDataCenter'), ...security };

/** The same for programs that a test runs. They are not written for TLS: their sessions are given it. */
export const sharedNodeEnvironment: NodeJS.ProcessEnv = {
  CASSANDRA_CONTACT_POINTS: sharedNode.contactPoints.join(','),
  CASSANDRA_LOCAL_DC: sharedNode.localDataCenter,
  ...(security && {
    RXCQL_TEST_SECURITY: JSON.stringify(security),
    NODE_OPTIONS: `--import ${new URL('../support/secured/register.mjs', import.meta.url).href}`,
  }),
};
