import { describe, expect, it } from 'vitest';
import { createAggregate, createFunction } from '../../../../src/cluster/schema/export/create-function.js';

const f = {
  keyspace: 'ks',
  name: 'f',
  signature: 'f(int)',
  argumentNames: ['a', 'Select'],
  argumentTypes: ['int', 'frozen<json>'],
  returnType: 'text',
  language: 'java',
  body: 'return null;',
  calledOnNullInput: true,
  isDeterministic: false,
  isMonotonic: false,
  monotonicOn: [],
};
const g = {
  keyspace: 'ks',
  name: 'Sum',
  signature: 'Sum(int)',
  argumentTypes: ['int'],
  stateFunction: 'token',
  stateType: 'int',
  finalFunction: undefined,
  initialCondition: undefined,
  returnType: 'int',
};

describe('createFunction', () => {
  it('writes the arguments, the rule for nulls, the result and the body', () => {
    expect(createFunction(f)).toBe(`CREATE FUNCTION ks.f(a int, "Select" frozen<"json">)
    CALLED ON NULL INPUT
    RETURNS text
    LANGUAGE java
    AS $$return null;$$;`);
    expect(createFunction({ ...f, calledOnNullInput: false })).toContain('\n    RETURNS NULL ON NULL INPUT\n');
  });

  it('says what some servers know of a function', () => {
    const known = { ...f, isDeterministic: true, isMonotonic: true };
    expect(createFunction(known)).toContain('RETURNS text\n    DETERMINISTIC\n    MONOTONIC\n    LANGUAGE');
    expect(createFunction({ ...known, monotonicOn: ['Select'] })).toContain('\n    MONOTONIC ON "Select"\n');
  });
});

describe('createAggregate', () => {
  it('writes the parts that there are', () => {
    expect(createAggregate(g)).toBe('CREATE AGGREGATE ks."Sum"(int)\n    SFUNC "token"\n    STYPE int;');
    expect(createAggregate({ ...g, finalFunction: 'json', initialCondition: '(1, 2)' })).toBe(
      'CREATE AGGREGATE ks."Sum"(int)\n    SFUNC "token"\n    STYPE int\n    FINALFUNC "json"\n    INITCOND (1, 2);',
    );
  });
});
