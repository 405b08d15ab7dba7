import { describe, expect, it } from 'vitest';
import { columnDefinition } from '../../../../src/cluster/schema/export/column-definition.js';
import type { ColumnMask } from '../../../../src/cluster/schema/table-metadata.js';
import { column } from '../../../support/schema-models.js';

const masked = (mask: Partial<ColumnMask>): string =>
  columnDefinition({
    ...column('c', 'text'),
    mask: { keyspace: 'system', function: 'mask_replace', argumentTypes: [], arguments: [], ...mask },
  });

describe('columnDefinition', () => {
  it('writes the type as the server does, and the name as CQL needs it', () => {
    expect(columnDefinition(column('plain', 'frozen<list<int>>'))).toBe('plain frozen<list<int>>');
    expect(columnDefinition(column('order', 'text', 'static'))).toBe('"order" text static');
  });

  it('calls the function that masks it', () => {
    expect(masked({ function: 'mask_default' })).toBe('c text MASKED WITH system.mask_default()');
    expect(masked({ keyspace: 'Ks', function: 'json' })).toBe('c text MASKED WITH "Ks"."json"()');
  });

  it.each([
    ['text', "it's", "'it''s'"],
    ['inet', '::1', "'::1'"],
    ['timestamp', '2020-01-01T00:00:00.000Z', "'2020-01-01T00:00:00.000Z'"],
    ['int', '-5', '-5'],
    ['duration', '1mo2d', '1mo2d'],
    ['blob', '0102', '0x0102'],
    ['int', null, 'null'],
    // What cannot be written must not become a column without a mask.
    ['list<int>', '00000000', '0x00000000'],
  ])('writes an argument of type %s', (type, value, literal) => {
    expect(masked({ argumentTypes: [type], arguments: [value] })).toBe(
      `c text MASKED WITH system.mask_replace(${literal})`,
    );
  });
});
