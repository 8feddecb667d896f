import { builtinModules } from 'node:module';
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import jsdoc from 'eslint-plugin-jsdoc';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const tests = ['**/*.test.ts'];
const pure = ['libs/core/src/**/*.ts', 'libs/simulator/src/**/*.ts'];

const byName = { selector: 'ExportDefaultDeclaration', message: 'Export by name.' };
const leftOut = '/^(?:only|skip|todo|failing)$/';
const byLetter = '/^(?:[fx]it|xtest|[fx]describe)$/';
// Nobody misses a test that is left out. `failing` counts as passed what fails.
const everyTestRuns = [
  ...['object.name', 'object.object.name'].map((name) => ({
    selector: `MemberExpression[${name}=/^(?:it|test|describe)$/][property.name=${leftOut}]`,
    message: 'Every test runs.',
  })),
  {
    selector: `CallExpression[callee.name=${byLetter}], MemberExpression[object.name=${byLetter}]`,
    message: 'Every test runs.',
  },
  {
    selector: "MemberExpression[object.name='jest'][property.name=/mock(?:Module)?$/i]",
    message: 'No module mocks: a port is missing.',
  },
];

const everyLayer = [
  'layer:core',
  'layer:simulator',
  'layer:adapter',
  'layer:adapter-upper',
  'layer:adapter-top',
  'layer:testing',
  'layer:app',
  'layer:tool',
  'layer:e2e',
];
const production = [
  'layer:core',
  'layer:simulator',
  'layer:adapter',
  'layer:adapter-upper',
  'layer:adapter-top',
];
const adapterBans = ['pino', 'prom-client'];

// Arrows point down only. `extra` is what a test file may import on top.
const arrows = (extra) => [
  {
    sourceTag: 'layer:core',
    onlyDependOnLibsWithTags: ['layer:core'],
    allowedExternalImports: [
      ...['zod/mini', 'yaml', 'toml-eslint-parser'],
      ...(extra.length > 0 ? ['@jest/globals', 'fast-check'] : []),
    ],
  },
  {
    sourceTag: 'layer:simulator',
    onlyDependOnLibsWithTags: ['layer:core', ...extra],
    allowedExternalImports: extra.length > 0 ? ['@jest/globals', 'fast-check'] : [],
  },
  { sourceTag: 'layer:testing', onlyDependOnLibsWithTags: ['layer:core'] },
  {
    sourceTag: 'layer:adapter',
    onlyDependOnLibsWithTags: ['layer:core', ...extra],
    bannedExternalImports: adapterBans,
  },
  {
    sourceTag: 'layer:adapter-upper',
    // `host` is the one adapter that others may stand on: it has a tag of its own.
    onlyDependOnLibsWithTags: ['layer:core', 'adapter:host', ...extra],
    bannedExternalImports: adapterBans,
  },
  {
    sourceTag: 'layer:adapter-top',
    onlyDependOnLibsWithTags: ['layer:core', 'adapter:host', 'adapter:transfer', ...extra],
    bannedExternalImports: adapterBans,
  },
  { sourceTag: 'layer:app', onlyDependOnLibsWithTags: [...production, ...extra] },
  { sourceTag: 'layer:tool', onlyDependOnLibsWithTags: everyLayer },
  { sourceTag: 'layer:e2e', onlyDependOnLibsWithTags: everyLayer },
];
const boundaries = (extra) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    // Lazy is its subpath alone, with the parsers of settings: this pattern does not fit that one.
    checkDynamicDependenciesExceptions: ['^@kubeos/core$'],
    depConstraints: arrows(extra),
  },
];

const nothingOfNode = (parsers) => ({
  paths: [...builtinModules, ...parsers],
  patterns: [{ group: ['node:*'] }],
});

export default tseslint.config(
  { ignores: ['**/dist', '**/out-tsc', '**/coverage', '**/node_modules', '.nx', '**/gen'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { noInlineConfig: true },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': boundaries([]),
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true },
      ],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
      'no-restricted-syntax': ['error', byName],
      complexity: ['error', 12],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
    },
  },
  {
    files: [...tests, 'libs/*/test/*.fixture.ts'],
    rules: {
      '@nx/enforce-module-boundaries': boundaries(['layer:testing']),
      '@typescript-eslint/no-floating-promises': 'error',
      'no-restricted-syntax': ['error', byName, ...everyTestRuns],
    },
  },
  {
    files: ['libs/*/src/**/*.ts'],
    ignores: tests,
    plugins: { jsdoc },
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          require: { ClassDeclaration: true, FunctionDeclaration: true },
          contexts: [
            'TSInterfaceDeclaration',
            'TSTypeAliasDeclaration',
            'ExportNamedDeclaration > VariableDeclaration',
          ],
          enableFixer: false,
        },
      ],
    },
  },
  {
    files: pure,
    ignores: tests,
    rules: {
      'no-restricted-imports': ['error', nothingOfNode([])],
      'no-restricted-globals': [
        'error',
        ...['process', 'console', 'Buffer', 'performance', 'crypto', 'fetch'],
        ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take the time as an argument.' },
        { object: 'Math', property: 'random', message: 'Take a seeded source as an argument.' },
        { object: 'globalThis', property: 'Date', message: 'Take the time as an argument.' },
      ],
      'no-restricted-syntax': [
        'error',
        byName,
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Take the time as an argument.',
        },
        {
          selector: "CallExpression[callee.name='Date']",
          message: 'Take the time as an argument.',
        },
        { selector: 'ImportExpression', message: 'Import statically: this layer loads nothing.' },
      ],
    },
  },
  {
    // Operator and proxy must not carry the parsers of settings and of image recipes.
    files: pure,
    ignores: [...tests, 'libs/core/src/settings/**', 'libs/core/src/image/**'],
    rules: {
      'no-restricted-imports': ['error', nothingOfNode(['yaml', 'toml-eslint-parser'])],
    },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      parserOptions: { projectService: false },
      globals: globals.node,
    },
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.test.mjs'],
    rules: { 'no-restricted-syntax': ['error', ...everyTestRuns] },
  },
  prettier,
);
