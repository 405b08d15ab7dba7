const RXCQL = new URL('../../../src/index.ts', import.meta.url).href;
const SECURED = new URL('rxcql.ts', import.meta.url).href;

const PROGRAMS = /\/docs\/examples\/|\/test\/support\/[^/]+-program\.ts$/;

/** What examples and programs of tests import as `rxcql` is rxcql.ts beside this file, which itself imports the real one. */
export async function resolve(specifier, context, nextResolve) {
  const resolved = await nextResolve(specifier, context);
  return PROGRAMS.test(context.parentURL ?? '') && resolved.url === RXCQL ? { ...resolved, url: SECURED } : resolved;
}
