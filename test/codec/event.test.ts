import { describe, expect, it } from 'vitest';
import { type CqlEvent, readEvent } from '../../src/codec/event.js';
import { Reader } from '../../src/codec/reader.js';
import { bytes, string } from './support.js';

const read = (...parts: string[]): CqlEvent => readEvent(new Reader(bytes(...parts)));

describe('readEvent', () => {
  it.each(['NEW_NODE', 'REMOVED_NODE', 'MOVED_NODE', 'SOMETHING_NEW'])('reads a change of topology: %s', (change) => {
    expect(read(string('TOPOLOGY_CHANGE'), string(change), '04 7f000001', '00002352')).toEqual({
      type: 'TOPOLOGY_CHANGE',
      change,
      host: '127.0.0.1',
      port: 9042,
    });
  });

  it.each(['UP', 'DOWN', 'SOMETHING_NEW'])('reads a change of status: %s', (change) => {
    const address = '10 20010db8000000000000000000000001';
    expect(read(string('STATUS_CHANGE'), string(change), address, '00002352')).toEqual({
      type: 'STATUS_CHANGE',
      change,
      host: '2001:db8::1',
      port: 9042,
    });
  });

  it('reads a change of a keyspace', () => {
    expect(read(string('SCHEMA_CHANGE'), string('CREATED'), string('KEYSPACE'), string('shop'))).toEqual({
      type: 'SCHEMA_CHANGE',
      change: 'CREATED',
      target: 'KEYSPACE',
      keyspace: 'shop',
      name: undefined,
      argTypes: undefined,
    });
  });

  it.each(['TABLE', 'TYPE'])('reads a change of a %s', (target) => {
    expect(read(string('SCHEMA_CHANGE'), string('UPDATED'), string(target), string('shop'), string('orders'))).toEqual({
      type: 'SCHEMA_CHANGE',
      change: 'UPDATED',
      target,
      keyspace: 'shop',
      name: 'orders',
      argTypes: undefined,
    });
  });

  it.each(['FUNCTION', 'AGGREGATE'])('reads a change of a %s with the types of its arguments', (target) => {
    const name = [string('shop'), string('total'), '0002', string('int'), string('text')];
    expect(read(string('SCHEMA_CHANGE'), string('DROPPED'), string(target), ...name)).toEqual({
      type: 'SCHEMA_CHANGE',
      change: 'DROPPED',
      target,
      keyspace: 'shop',
      name: 'total',
      argTypes: ['int', 'text'],
    });
  });

  it('reads as much as it knows of a change to a kind of thing that is not known', () => {
    const event = read(string('SCHEMA_CHANGE'), string('CREATED'), string('ROLE'), string('shop'));
    expect(event).toMatchObject({ target: 'ROLE', keyspace: 'shop', name: undefined });
  });

  it.each(['SOMETHING_NEW', ''])('passes on the unknown type “%s” by its name', (name) => {
    expect(read(string(name), 'ffffffff')).toEqual({ type: 'UNKNOWN', name });
  });

  it("reads a change of ScyllaDB's client routes", () => {
    const lists = ['0002', string('a'), string('b'), '0001', string('c')];
    expect(read(string('CLIENT_ROUTES_CHANGE'), string('UPDATE_NODES'), ...lists)).toEqual({
      type: 'CLIENT_ROUTES_CHANGE',
      change: 'UPDATE_NODES',
      connectionIds: ['a', 'b'],
      hostIds: ['c'],
    });
  });

  it('reads the announcement of a disconnection, which has nothing but its name', () => {
    expect(read(string('GRACEFUL_DISCONNECT'))).toEqual({ type: 'GRACEFUL_DISCONNECT' });
  });
});
