import { describe, expect, it } from 'vitest';
import { partitionerOf } from '../../src/codec/partitioner-of.js';
import { byteOrderedPartitioner } from '../../src/codec/partitioners/byte-ordered-partitioner.js';
import { murmur3Partitioner } from '../../src/codec/partitioners/murmur3-partitioner.js';
import { randomPartitioner } from '../../src/codec/partitioners/random-partitioner.js';

describe('partitionerOf', () => {
  it.each([
    ['Murmur3Partitioner', murmur3Partitioner],
    ['RandomPartitioner', randomPartitioner],
    ['ByteOrderedPartitioner', byteOrderedPartitioner],
  ])('knows %s', (name, partitioner) => {
    expect(partitionerOf(`org.apache.cassandra.dht.${name}`)).toBe(partitioner);
  });

  it.each(['org.apache.cassandra.dht.LocalPartitioner', 'com.example.Murmur3Partitioner', '__proto__', ''])(
    'does not know %j',
    (name) => {
      expect(partitionerOf(name)).toBeUndefined();
    },
  );
});
