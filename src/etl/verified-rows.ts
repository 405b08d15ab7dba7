import { murmur3Token } from '../codec/murmur3.js';
import { routingKey } from '../codec/routing-key.js';
import type { Cells } from './row-cells.js';
import type { Keyed } from './ordered-match.js';
import type { ShapeColumn } from './table-shape.js';

/** Where the columns are that make up rows: those of the primary key come first. */
export interface RowLayout {
  readonly partitionKey: readonly number[];
  readonly clustering: readonly number[];
  readonly statics: readonly number[];
  readonly regular: readonly number[];
}

export function layoutOf(columns: readonly ShapeColumn[]): RowLayout {
  const placesOf = (kind: string): number[] => [...columns.keys()].filter((i) => columns[i]!.kind === kind);
  return {
    partitionKey: placesOf('partition_key'),
    clustering: placesOf('clustering'),
    statics: placesOf('static'),
    regular: placesOf('regular'),
  };
}

/** A row that is compared; or the static columns of a partition, which stand before its rows. */
export interface VerifiedRow extends Keyed {
  readonly cells: Cells;
  readonly isStatic: boolean;
}

/** Makes what is compared of the rows of one table, in their order. */
export class VerifiedRows {
  private readonly layout: RowLayout;
  private partition: readonly Buffer[] = [];
  private token = 0n;
  private prefix = '';

  constructor(layout: RowLayout) {
    this.layout = layout;
  }

  /** A row, and before the first one of a partition its static columns. */
  of(cells: Cells): VerifiedRow[] {
    const { partitionKey, clustering, statics } = this.layout;
    const isNew = this.enter(partitionKey.map((i) => cells[i]!));
    const hasStatics = statics.length > 0 && isNew;
    const isRow = clustering.length === 0 || clustering.some((i) => cells[i] !== null);
    return [
      ...(hasStatics ? [this.row(cells, true, '')] : []),
      ...(isRow ? [this.row(cells, false, keyText(clustering.map((i) => cells[i]!)))] : []),
    ];
  }

  private row(cells: Cells, isStatic: boolean, key: string): VerifiedRow {
    return { token: this.token, key: `${this.prefix}${isStatic ? 's' : 'r'}${key}`, cells, isStatic };
  }

  /** Says whether it is another partition than before. */
  private enter(partition: readonly Buffer[]): boolean {
    const { partition: before } = this;
    if (before.length > 0 && partition.every((part, i) => part.equals(before[i]!))) return false;
    this.partition = partition;
    this.token = murmur3Token(routingKey(partition));
    this.prefix = keyText(partition);
    return true;
  }
}

/** Bytes as a text that no others have. */
function keyText(parts: readonly (Buffer | null)[]): string {
  return parts.map((part) => (part === null ? '-' : `${part.length}:${part.toString('latin1')}`)).join('');
}
