/** Whether scenarios are to be run in their long forms: RXCQL_LONG_SCENARIOS=1, as `npm run soak -- scenarios` sets it. */
export const isLong: boolean = process.env['RXCQL_LONG_SCENARIOS'] === '1';

/** How much of something: little in CI, where all scenarios together take less than 90 s, more otherwise. */
export function amount(short: number, long: number): number {
  return isLong ? long : short;
}
