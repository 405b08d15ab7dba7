import * as rxcql from '../../../src/index.js';

export * from '../../../src/index.js';

const security = JSON.parse(process.env['RXCQL_TEST_SECURITY']!) as Pick<rxcql.SessionOptions, 'tls' | 'auth'>;

export const createSession: typeof rxcql.createSession = (options) => rxcql.createSession({ ...security, ...options });

export const connect: typeof rxcql.connect = (options) => rxcql.connect({ ...security, ...options });
