/** The last lines that hold anything, each indented on a line of its own, to end an error's message with. */
export function lastLines(lines: readonly string[], count: number): string {
  return lines
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .map((line) => `\n  ${line}`)
    .join('');
}
