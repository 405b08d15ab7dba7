import { Duration } from 'rxcql';
import { type Literal, LITERALS } from './literals.js';

const MARSHAL = 'org.apache.cassandra.db.marshal';
const COMPOSITE = `${MARSHAL}.CompositeType(${MARSHAL}.Int32Type,${MARSHAL}.UTF8Type)`;

const floats = (...values: readonly number[]): Float32Array => Float32Array.from(values);

/** Of types that are made of others, and of custom ones. */
export const CONSTRUCTED_LITERALS: readonly (readonly [type: string, ...literals: Literal[]])[] = [
  ['list<int>', ['[1, 2, 1]', [1, 2, 1]], ['[]', null]],
  ['frozen<list<int>>', ['[-1]', [-1]], ['[]', []]],
  ['set<text>', ["{'b', 'a', 'b', ''}", new Set(['', 'a', 'b'])], ['{}', null]],
  ['frozen<set<double>>', ['{NaN, 1.5, -Infinity}', new Set([-Infinity, 1.5, NaN])], ['{}', new Set()]],
  [
    'map<text, int>',
    [
      "{'__proto__': 1, '': 2}",
      new Map([
        ['', 2],
        ['__proto__', 1],
      ]),
    ],
    ['{}', null],
  ],
  ['frozen<map<int, boolean>>', ['{1: true}', new Map([[1, true]])], ['{}', new Map()]],
  ['tuple<int, text, blob>', ["(1, 'a', 0x)", [1, 'a', Buffer.alloc(0)]], ['(null, null, null)', [null, null, null]]],
  ['tuple<int, text>', ["(1, '')", [1, '']], ['0x0000000400000001', [1, null]], ['0x', null]],
  ['person', ["{name: 'Ada'}", { name: 'Ada', Age: null }], ['{name: null}', null]],
  ['frozen<person>', ['{"Age": 36}', { name: null, Age: 36 }], ['{name: null}', { name: null, Age: null }]],
  [
    'map<text, frozen<list<frozen<map<int, frozen<set<text>>>>>>>',
    [
      "{'a': [{1: {'x', ''}}, {}], 'b': []}",
      new Map([
        ['a', [new Map([[1, new Set(['', 'x'])]]), new Map()]],
        ['b', []],
      ]),
    ],
  ],
  ['frozen<tuple<tuple<tuple<int>>, person>>', ["(((7)), {name: 'Ada'})", [[[7]], { name: 'Ada', Age: null }]]],
  ['list<duration>', ['[1d, 2h]', [new Duration(0, 1, 0n), new Duration(0, 0, 7_200_000_000_000n)]]],
  ['vector<float, 3>', ['[0.5, -1, NaN]', floats(0.5, -1, NaN)]],
  ['vector<vector<float, 2>, 2>', ['[[1, 2], [3, 4]]', [floats(1, 2), floats(3, 4)]]],
  [
    'vector<vector<text, 2>, 2>',
    [
      "[['', 'a'], ['b', '']]",
      [
        ['', 'a'],
        ['b', ''],
      ],
    ],
  ],
  ['vector<text, 2>', [`['${'x'.repeat(127)}', '${'y'.repeat(20_000)}']`, ['x'.repeat(127), 'y'.repeat(20_000)]]],
  ['vector<frozen<list<int>>, 2>', ['[[], [1, 2]]', [[], [1, 2]]]],
  ['vector<tuple<int, text>, 1>', ['[(1, null)]', [[1, null]]]],
  ['vector<person, 1>', ['[{"Age": 1}]', [{ name: null, Age: 1 }]]],
  ['list<vector<vector<int, 2>, 1>>', ['[[[1, 2]]]', [[[1, 2]]]]],
  [`'${COMPOSITE}'`, ['0x000400000001000000016100', Buffer.from('000400000001000000016100', 'hex')]],
  [
    `'${MARSHAL}.DynamicCompositeType(i=>${MARSHAL}.Int32Type)'`,
    ['0x8069000400000001' + '00', Buffer.from('806900040000000100', 'hex')],
  ],
  [`'${MARSHAL}.EmptyType'`, ['null', null]],
  [`'${MARSHAL}.LexicalUUIDType'`, [LITERALS['uuid']![2]![0], LITERALS['uuid']![2]![1]]],
  [`vector<'${MARSHAL}.LexicalUUIDType', 1>`, [`[${LITERALS['uuid']![2]![0]}]`, [LITERALS['uuid']![2]![1]]]],
  [`'${MARSHAL}.DateType'`, ['1', new Date(1)]],
  [`'${MARSHAL}.ReversedType(${MARSHAL}.Int32Type)'`, ['7', 7]],
  [`'${MARSHAL}.ListType(${MARSHAL}.Int32Type)'`, ['[7]', [7]]],
];

/** Three of every type in a vector: which of them have their length before them there is the server's secret. */
export const VECTOR_LITERALS: typeof CONSTRUCTED_LITERALS = Object.entries(LITERALS).map(([type, literals]) => {
  const three = [literals[0]!, literals[1]!, literals.at(-1)!];
  const values = three.map(([, value]) => value);
  const literal = `[${three.map(([cql]) => cql).join(', ')}]`;
  return [`vector<${type}, 3>`, [literal, type === 'float' ? floats(...(values as number[])) : values]];
});
