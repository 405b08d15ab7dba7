const RXCQL = new URL('../../../src/index.ts', import.meta.url).href;
const SECURED = new URL('rxcql.ts', import.meta.url).href;

/** What the examples import as `rxcql` is rxcql.ts beside this file, which itself imports the real one. */
export async function resolve(specifier, context, nextResolve) {
  const resolved = await nextResolve(specifier, context);
  const isExample = context.parentURL?.includes('/docs/examples/') === true;
  return isExample && resolved.url === RXCQL ? { ...resolved, url: SECURED } : resolved;
}
