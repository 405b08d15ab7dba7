/** Text for people: numbers, units and bars. */
const wholeNumber = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `135,233` */
export const whole = (value: number): string => wholeNumber.format(value);

/** `7.4 s` */
export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

/** `18,204 rows/s` */
export const rate = (rows: number, milliseconds: number): string =>
  `${whole((rows / Math.max(milliseconds, 1)) * 1000)} rows/s`;

/** `212 MB` */
export const megabytes = (bytes: number): string => `${whole(bytes / 1e6)} MB`;

/** `█████░░░░░` */
export const bar = (fraction: number, width: number): string => {
  const full = Math.round(Math.min(fraction, 1) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
};

export function title(text: string): void {
  console.log(`\n${text}\n`);
}

/** Started by the call; each call of what is returned tells the milliseconds since. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => performance.now() - start;
}
