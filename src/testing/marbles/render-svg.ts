import { describeDiagram } from './describe-diagram.js';
import { checkDiagram, type Diagram, type Lane } from './diagram.js';
import { drawRow, Painter, ROW_HEIGHT } from './draw-row.js';
import { pack, type PackedRow } from './pack.js';
import { placeColumns, type PlacedColumn } from './place-columns.js';
import { STYLE } from './svg-style.js';
import { CHARACTER, element, escape, textElement } from './svg.js';

const MARGIN = 20;
const LINE = 19;

/**
 * A diagram as a picture: an SVG document without scripts, whose colours follow the reader's preference for light or dark. The
 * same diagram gives the same text. Time goes from left to right; what stands in one column happened in the same millisecond. A
 * value keeps its colour from lane to lane, so that a row can be followed from its page to the result.
 *
 * @throws ConfigurationError for what is no diagram.
 */
export function renderSvg(diagram: Diagram): string {
  checkDiagram(diagram, 'renderSvg');
  return new Picture(diagram).document();
}

class Picture {
  private readonly diagram: Diagram;
  private readonly packed: ReadonlyMap<Lane, readonly PackedRow[]>;
  private readonly columns: readonly PlacedColumn[];
  private readonly painter: Painter;
  private readonly width: number;
  private readonly background: string[] = [];
  private readonly body: string[] = [];
  private y = MARGIN;
  /** Where the lanes with the same columns began, while there are any. */
  private bandsFrom: number | undefined;

  constructor(diagram: Diagram) {
    const { title = '', lanes } = diagram;
    this.diagram = diagram;
    this.packed = new Map(lanes.map((lane) => [lane, rowsOf(lane)]));
    this.painter = new Painter(lanes);
    const names = lanes.map((lane) => ('name' in lane ? lane.name.length * CHARACTER : 0));
    this.columns = placeColumns([...this.packed.values()].flat(), MARGIN + Math.max(0, ...names) + 16);
    const code = lanes.flatMap((lane) => (lane.kind === 'code' ? lane.code.split('\n') : []));
    const texts = [title.length * 8, ...code.map((line) => line.length * CHARACTER + 24)];
    const last = this.columns.at(-1)!;
    this.width = Math.ceil(Math.max(last.x + last.width - MARGIN, 400, ...texts) + 2 * MARGIN);
  }

  document(): string {
    const { title, lanes } = this.diagram;
    if (title !== undefined) {
      this.body.push(textElement('text', { class: 'title', x: MARGIN, y: this.y + 14 }, title));
      this.y += 30;
    }
    for (const lane of lanes) this.draw(lane);
    this.endBands();
    const { width } = this;
    const height = Math.ceil(this.y + MARGIN - 4);
    const size = { width, height, viewBox: `0 0 ${width} ${height}` };
    const content = [
      textElement('title', {}, title ?? 'Marble diagram'),
      textElement('desc', {}, describeDiagram(this.diagram)),
      `<style>\n${STYLE}\n</style>`,
      element('rect', { class: 'card', x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 10 }),
      ...this.background,
      ...this.body,
    ];
    return `${element('svg', { xmlns: 'http://www.w3.org/2000/svg', class: 'rxcql-marbles', ...size, role: 'img' }, `\n${content.join('\n')}\n`)}\n`;
  }

  private draw(lane: Lane): void {
    if (lane.kind === 'code') this.drawCode(lane.code);
    else if (lane.kind === 'note') this.drawNote(lane.text);
    else this.drawLane(lane.name, this.packed.get(lane)!);
  }

  private drawCode(code: string): void {
    this.endBands();
    const lines = code.split('\n');
    const height = lines.length * LINE + 14;
    this.y += 6;
    this.body.push(
      element('rect', { class: 'code', x: MARGIN, y: this.y, width: this.width - 2 * MARGIN, height, rx: 6 }),
    );
    lines.forEach((line, index) => {
      const at = { x: MARGIN + 12, y: this.y + 20 + index * LINE, 'xml:space': 'preserve' };
      this.body.push(element('text', at, highlighted(line)));
    });
    this.y += height + 6;
  }

  private drawNote(text: string): void {
    this.endBands();
    for (const line of wrapped(text, (this.width - 2 * MARGIN) / 6.6)) {
      this.body.push(textElement('text', { class: 'note', x: MARGIN, y: this.y + 15 }, line));
      this.y += LINE;
    }
    this.y += 4;
  }

  private drawLane(name: string, rows: readonly PackedRow[]): void {
    if (this.bandsFrom === undefined) {
      this.body.push(
        textElement('text', { class: 'tick', x: MARGIN, y: this.y + 10 }, 'ms'),
        ...ticks(this.columns, this.y + 10),
      );
      this.y += 14;
      this.bandsFrom = this.y;
    }
    const middle = this.y + ROW_HEIGHT / 2;
    this.body.push(textElement('text', { x: MARGIN, y: middle + 4.5 }, name));
    if (rows.length === 0) {
      const at = { class: 'never', x: this.columns[0]!.x + 6, y: middle + 4.5 };
      this.body.push(textElement('text', at, 'never subscribed to'));
    }
    rows.forEach((row, index) => {
      this.body.push(...drawRow(row, this.columns, middle + index * ROW_HEIGHT, this.painter));
    });
    this.y += Math.max(1, rows.length) * ROW_HEIGHT;
  }

  /** Columns show as stripes behind the lanes, every other one. */
  private endBands(): void {
    const { bandsFrom: y } = this;
    if (y === undefined) return;
    this.columns.forEach(({ x, width }, index) => {
      if (index % 2 === 0) this.background.push(element('rect', { class: 'band', x, y, width, height: this.y - y }));
    });
    this.bandsFrom = undefined;
  }
}

function rowsOf(lane: Lane): PackedRow[] {
  if (lane.kind === 'observable') return pack(lane);
  if (lane.kind !== 'subscriptions') return [];
  const subscriptions = lane.subscriptions.map((span) => ({ ...span, marks: [] }));
  return pack({ kind: 'observable', name: lane.name, subscriptions });
}

function ticks(columns: readonly PlacedColumn[], y: number): string[] {
  return columns.map(({ x, from, width, skipped }) =>
    skipped > 1
      ? textElement(
          'text',
          { class: 'tick gap-tick', x: x + width / 2, y, 'text-anchor': 'middle' },
          `⋯ ${skipped} ms ⋯`,
        )
      : textElement('text', { class: 'tick', x: x + 6, y }, String(from)),
  );
}

/** What is called stands out, and texts do. */
function highlighted(line: string): string {
  return line.replace(/('[^']*')|(\w+)(?=\()|([^'\w]+|\w+|')/g, (all, text?: string, called?: string) => {
    if (text !== undefined) return element('tspan', { class: 'text' }, escape(text));
    return called === undefined ? escape(all) : element('tspan', { class: 'name' }, called);
  });
}

function wrapped(text: string, length: number): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + word.length >= length) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
