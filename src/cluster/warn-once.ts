/** A cluster in disorder must not fill memory with what was said of it. */
const MAX_WARNINGS = 1_000;

/** Warns of what should not be, once of each thing. */
export function warnOnce(): (message: string) => void {
  const warned = new Set<string>();
  return (message) => {
    if (warned.has(message) || warned.size === MAX_WARNINGS) return;
    warned.add(message);
    process.emitWarning(message, { type: 'RxcqlWarning', code: 'RXCQL_TOPOLOGY' });
  };
}
