/** A table: its header, and rows of as many cells. */
export interface Grid {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How many columns from the left are names; the others are numbers. */
const NAMES = 2;

export function gridToMarkdown({ header, rows }: Grid): string {
  const rule = header.map((_, i) => (i < NAMES ? '---' : '---:'));
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function gridToText({ header, rows }: Grid): string {
  const all = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...all.map((cells) => cells[i]!.length)));
  return all
    .map((cells) =>
      cells
        .map((cell, i) => (i < NAMES ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
