import type { Spread } from '../statistics.js';

const THOUSAND = 1_000;
const MILLION = 1_000_000;

/** Three digits are what a measurement is good for. */
export function count(value: number): string {
  if (value >= 9.995 * MILLION) return `${(value / MILLION).toFixed(1)} M`;
  if (value >= MILLION) return `${(value / MILLION).toFixed(2)} M`;
  if (value >= 99.5 * THOUSAND) return `${(value / THOUSAND).toFixed(0)} k`;
  return `${(value / THOUSAND).toFixed(1)} k`;
}

/** The median, and between what the rounds were. */
export const countSpread = ({ median, least, most }: Spread): string =>
  least === most ? count(median) : `${count(median)} (${count(least)} to ${count(most)})`;

export const micro = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(1)} µs`;
export const milli = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
/** As the goal counts it: millions of bytes. */
export const mega = (bytes: number): string => `${(bytes / MILLION).toFixed(0)} MB`;
export const percent = (part: number): string => `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %`;
export const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 1)}x`;
