// The linter's rules. Formatting is Prettier's; what is here is about meaning.
import tseslint from 'typescript-eslint';

const restricted = (name) => ({ name, message: 'Use an RxJS scheduler (docs/architecture.md, "Time").' });
const timers = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
].map(restricted);

/** Time and promises hide behind RxJS schedulers, so that every behaviour with time in it can be tested in virtual time. */
const timeRule = {
  'no-restricted-globals': ['error', ...timers, restricted('Promise')],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Use a scheduler’s now().' },
    { object: 'process', property: 'nextTick', message: 'Use an RxJS scheduler.' },
    { object: 'performance', property: 'now', message: 'Use a scheduler’s now().' },
  ],
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        { group: ['node:timers', 'node:timers/*', 'timers', 'timers/*'], message: 'Use an RxJS scheduler.' },
        { group: ['node:net', 'node:tls', 'net', 'tls'], message: 'Only src/wire/socket.ts opens sockets.' },
      ],
    },
  ],
};

export default tseslint.config(
  { ignores: ['dist/', 'docs/api/', 'coverage/', 'test/package/consumers/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname + '/..' } },
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
      ],
      eqeqeq: ['error', 'always'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'off', // checked by noUncheckedIndexedAccess; `!` is where a bound is known
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }], // a module of Nest
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/prefer-literal-enum-member': 'off',
    },
  },
  { files: ['src/**'], rules: timeRule },
  {
    // The named places: the socket itself, and the kit that starts processes (where RxJS still does the waiting).
    files: ['src/wire/socket.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-imports': 'off', 'no-restricted-properties': 'off' },
  },
  {
    // Where promises are what is made: what is not RxJS knows nothing else. Time stays forbidden.
    files: ['src/adapters/**'],
    rules: {
      'no-restricted-globals': ['error', ...timers],
    },
  },
  {
    files: ['test/**', 'marbles/**', 'docs/examples/**', 'vitest.config.ts'],
    rules: {
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
