import { describe, expect, it } from 'vitest';
import { tableOptions } from '../../../../src/cluster/schema/export/table-options.js';
import { column, tableOf } from '../../../support/schema-models.js';

const key = column('k', 'int', 'partition_key');

describe('tableOptions', () => {
  it('is nothing but the end where there is none', () => {
    expect(tableOptions(tableOf('t', [key]))).toBe(';');
  });

  it('writes each kind of value', () => {
    const options = {
      comment: "it's",
      cdc: true,
      gc_grace_seconds: 5,
      bloom_filter_fp_chance: 1e-7,
      compaction: { class: 'C', enabled: 'false' },
      extensions: { a: Buffer.from('01ff', 'hex') },
    };
    expect(tableOptions(tableOf('t', [key], { options }))).toBe(
      [
        ' WITH bloom_filter_fp_chance = 1e-7',
        'cdc = true',
        "comment = 'it''s'",
        "compaction = {'class': 'C', 'enabled': 'false'}",
        "extensions = {'a': 0x01ff}",
        'gc_grace_seconds = 5;',
      ].join('\n    AND '),
    );
  });

  it('leaves out what a server has under other names, does not take, or says nothing with', () => {
    const options = {
      dclocal_read_repair_chance: 0.1,
      read_repair_chance: 0.1,
      in_memory: true,
      extensions: {},
      caching: { keys: 1 },
      memtable: ['x'],
      cdc: null,
    };
    expect(tableOptions(tableOf('t', [key], { options }))).toBe(';');
  });

  it('writes the storage and the order of clustering columns first', () => {
    const clustering = [column('order', 'int', 'clustering'), column('C', 'int', 'clustering')];
    const table = tableOf('t', [key, ...clustering], {
      isCompactStorage: true,
      options: { comment: '', default_time_to_live: 1 },
    });
    const [first, second] = table.clusteringKey;
    const mixed = { ...table, clusteringKey: [{ ...first!, order: 'ASC' as const }, second!] };
    expect(tableOptions(mixed, 'default_time_to_live')).toBe(
      ` WITH COMPACT STORAGE\n    AND CLUSTERING ORDER BY ("order" ASC, "C" DESC)\n    AND comment = '';`,
    );
  });
});
