import { megabytes, title } from './text.js';

/** A line of the summary. */
export interface Finding {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
  /** It should be otherwise. */
  readonly isWrong?: boolean;
}

export const isAsExpected = ({ isWrong }: Finding): boolean => isWrong !== true;

/** Prints the findings as a table. */
export function printSummary(findings: readonly Finding[]): void {
  // In kilobytes, says Node.
  const peak: Finding = { label: 'peak RSS', value: megabytes(process.resourceUsage().maxRSS * 1024) };
  title('Summary');
  for (const { label, value, note } of [...findings, peak]) {
    console.log(`   ${label.padEnd(20)}${value.padStart(10)}   ${note ?? ''}`.trimEnd());
  }
}
