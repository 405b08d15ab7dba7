import { register } from 'node:module';

// Gives the programs of docs/examples and of tests sessions that log in, in TLS: `node --import test/support/secured/register.mjs …`.
register('./resolve.mjs', import.meta.url);
