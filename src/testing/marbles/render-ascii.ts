import {
  byTime,
  checkDiagram,
  type Diagram,
  type Lane,
  type Mark,
  type ObservableLane,
  type Span,
  wasLeft,
} from './diagram.js';
import { timeline, type Timeline } from './timeline.js';

/** A line of text with something at some times: what has no mark at a time is `-` there, while it lasts. */
interface Line extends Span {
  readonly name: string;
  readonly cells: ReadonlyMap<number, string>;
  /** What its characters mean. */
  readonly legend: string;
}

type Row = Line | { readonly name: string; readonly text: string } | { readonly between: string };

/**
 * A diagram as lines of text: marble strings as in `cold()` and `toBe()`, one below the other in time. A line begins where it was
 * subscribed to; one that was left is followed by the line of its subscription, `^--!`. What a character means stands behind.
 *
 * Where several things come in one millisecond and others in the next, as `(ab)` then `c`, no marble string can say that. Then
 * all columns are as wide as the widest in them, and the numbers above say the time.
 *
 * @throws ConfigurationError for what is no diagram.
 */
export function renderAscii(diagram: Diagram): string {
  checkDiagram(diagram, 'renderAscii');
  const { title, lanes } = diagram;
  const rows = lanes.flatMap(rowsOf);
  const lines = rows.filter((row) => 'cells' in row);
  const time = timeline(lines, { group: true });
  const nameWidth = Math.max(0, ...rows.map((row) => ('name' in row ? row.name.length : 0))) + 2;
  const legendAt = Math.max(0, ...lines.map((line) => draw(line, time).length)) + 3;

  const output = title === undefined ? [] : [title, ''];
  if (lines.length > 0) output.push(''.padEnd(nameWidth) + scale(time));
  for (const row of rows) {
    if ('between' in row) output.push(...(row.between === '' && output.at(-1) === '' ? [] : [row.between]));
    else if ('text' in row) output.push(row.name.padEnd(nameWidth) + row.text);
    else output.push((row.name.padEnd(nameWidth) + draw(row, time).padEnd(legendAt) + row.legend).trimEnd());
  }
  return `${output.join('\n')}\n`;
}

function rowsOf(lane: Lane): Row[] {
  switch (lane.kind) {
    case 'code':
      return ['', ...lane.code.split('\n').map((line) => `  > ${line}`), ''].map((between) => ({ between }));
    case 'note':
      return [{ between: '' }, { between: lane.text }];
    case 'subscriptions':
      if (lane.subscriptions.length === 0) return [{ name: lane.name, text: '(none)' }];
      return lane.subscriptions.map((span) => subscriptionLine(lane.name, span));
    case 'observable':
      return observableRows(lane);
  }
}

function observableRows({ name, subscriptions }: ObservableLane): Row[] {
  if (subscriptions.length === 0) return [{ name, text: '(never subscribed to)' }];
  return subscriptions.flatMap((strand): Row[] => {
    const cells = new Map([...byTime(strand.marks)].map(([time, marks]) => [time, cellOf(marks)]));
    const line = { ...strand, name, cells, legend: legendOf(strand.marks) };
    return wasLeft(strand) ? [line, subscriptionLine('', strand)] : [line];
  });
}

function subscriptionLine(name: string, { from, to }: Span): Line {
  const cells = new Map(to === from ? [[from, '(^!)']] : [[from, '^']]);
  if (to === undefined) return { name, from, cells, legend: '' };
  if (to !== from) cells.set(to, '!');
  return { name, from, to, cells, legend: '' };
}

function cellOf(marks: readonly Mark[]): string {
  const text = marks
    .map((mark) => (mark.kind === 'next' ? mark.value.symbol : mark.kind === 'error' ? '#' : '|'))
    .join('');
  return text.length > 1 ? `(${text})` : text;
}

/** What the characters stand for that do not stand for themselves. */
function legendOf(marks: readonly Mark[]): string {
  const meanings = new Map<string, string>();
  for (const mark of marks) {
    if (mark.kind === 'next') {
      const { value } = mark;
      if (value.kind === 'page') meanings.set(value.symbol, pageText(value.rows, value.hasMorePages));
      else if (value.text !== value.symbol) meanings.set(value.symbol, value.text);
    } else if (mark.kind === 'error' && mark.text !== 'error') meanings.set('#', mark.text);
  }
  return [...meanings].map(([symbol, meaning]) => `${symbol} = ${meaning}`).join(', ');
}

function pageText(rows: readonly string[], hasMorePages: boolean): string {
  const text = rows.length === 0 ? 'an empty page' : `page of ${rows.join(' ')}`;
  return hasMorePages ? `${text}, and more` : text;
}

function draw({ from, to, cells }: Line, { columns }: Timeline): string {
  let text = '';
  for (const column of columns) {
    if (column.at > text.length) text = text.padEnd(column.at);
    if (column.from < from || text.length > column.at) continue;
    const cell = cells.get(column.from);
    if (to !== undefined && (column.from > to || (column.from === to && cell === undefined))) break;
    text += cell ?? (column.skipped > 1 ? ` ${column.skipped}ms ` : '-');
  }
  return text.trimEnd();
}

/** The milliseconds above their columns: every fifth, and wherever time was left out. */
function scale({ columns, isWide }: Timeline): string {
  let text = '';
  columns.forEach(({ at, from, skipped }, index) => {
    const isAfterGap = (columns[index - 1]?.skipped ?? 1) > 1;
    const isShown = isWide || from % 5 === 0 || isAfterGap;
    if (skipped === 1 && isShown && (text === '' || at > text.length)) text = text.padEnd(at) + String(from);
  });
  return text;
}
