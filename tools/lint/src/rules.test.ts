import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '../../..');

const boundaries = '@nx/enforce-module-boundaries';
const syntax = 'no-restricted-syntax';

const core = 'libs/core/src/index.ts';
const simulator = 'libs/simulator/src/index.ts';
const kube = 'libs/kube/src/index.ts';
const transfer = 'libs/transfer/src/index.ts';
const proxy = 'apps/proxy/src/main.ts';
const coreTest = firstFile('libs/core/src/**/*.test.ts');
const toolTest = firstFile('tools/test/*.test.mjs');
const simulatorTest = firstFile('libs/simulator/src/**/*.test.ts');
const adapterTest = firstFile('libs/{agent-api,host,kube}/src/**/*.test.ts');

/** What is written where, and the rule that must refuse it. */
const refused: readonly (readonly [title: string, file: string, text: string, rule: string])[] = [
  ['core imports node:fs', core, `import 'node:fs';`, 'no-restricted-imports'],
  ['core imports a bare built-in', core, `import 'path';`, 'no-restricted-imports'],
  ['core imports at run time', core, `await import('node:fs');`, 'no-restricted-syntax'],
  ['core imports pino', core, `import 'pino';`, boundaries],
  ['core imports a parser of settings', core, `import 'yaml';`, 'no-restricted-imports'],
  ['core imports zod beside zod/mini', core, `import 'zod';`, boundaries],
  ['core imports an adapter', core, `import '@kubeos/kube';`, boundaries],
  ['core imports an adapter by path', core, `import '../../kube/src/index.ts';`, boundaries],
  ['core imports the test fakes', core, `import '@kubeos/testing';`, boundaries],
  ['core reads the clock', core, `Date.now();`, 'no-restricted-properties'],
  ['core makes a date of now', core, `new Date();`, 'no-restricted-syntax'],
  ['core rolls dice', core, `Math.random();`, 'no-restricted-properties'],
  ['core reads the environment', core, `process.exit();`, 'no-restricted-globals'],
  ['core starts a timer', core, `setTimeout(() => 1, 1);`, 'no-restricted-globals'],
  ['the simulator imports node:os', simulator, `import 'node:os';`, 'no-restricted-imports'],
  ['the simulator imports the test fakes', simulator, `import '@kubeos/testing';`, boundaries],
  ['the simulator imports an adapter', simulator, `import '@kubeos/host';`, boundaries],
  ['an adapter imports an adapter', kube, `import '@kubeos/host';`, boundaries],
  ['an adapter imports the logger', kube, `import 'pino';`, boundaries],
  ['an adapter imports the test fakes', kube, `import '@kubeos/testing';`, boundaries],
  ['transfer imports kube', transfer, `import '@kubeos/kube';`, boundaries],
  [
    'the fakes import an adapter',
    'libs/testing/src/index.ts',
    `import '@kubeos/kube';`,
    boundaries,
  ],
  ['an app imports the test fakes', proxy, `import '@kubeos/testing';`, boundaries],
  ['an app imports an app', proxy, `import '@kubeos/operator';`, boundaries],
  ['an app imports a tool', proxy, `import '@kubeos/control-plane';`, boundaries],
  ['an export has no description', kube, `export const a = 1;`, 'jsdoc/require-jsdoc'],
  ['an export has no name', kube, `export default 1;`, 'no-restricted-syntax'],
  ['a test is left out', coreTest, `it.skip('', () => 1);`, syntax],
  ['a table of tests is left out', coreTest, `it.skip.each([1])('', () => 1);`, syntax],
  ['a test runs alone', coreTest, `it.concurrent.only('', () => 1);`, syntax],
  ['a test is still to be written', coreTest, `test.todo('');`, syntax],
  ['a test is left out by its letter', coreTest, `xit('', () => 1);`, syntax],
  ['a table of tests is left out by its letter', coreTest, `xit.each([1])('', () => 1);`, syntax],
  ['a test replaces a module', coreTest, `jest.unstable_mockModule('', () => 1);`, syntax],
  ['a test of the tools is left out', toolTest, `describe.skip('', () => 1);`, syntax],
  ['a test of the tools replaces a module', toolTest, `jest.mock('');`, syntax],
  [
    'a rule is switched off in place',
    core,
    `/* eslint-disable */ Math.random();`,
    'no-restricted-properties',
  ],
];

const allowed: readonly (readonly [title: string, file: string, text: string])[] = [
  ['core imports zod/mini', core, `import 'zod/mini';`],
  ['the settings import a parser', 'libs/core/src/settings/index.ts', `import 'yaml';`],
  ['core makes a date of a number', core, `new Date(0).toISOString();`],
  ['the simulator imports core', simulator, `import '@kubeos/core';`],
  ['transfer imports host', transfer, `import '@kubeos/host';`],
  ['an app imports an adapter', proxy, `import '@kubeos/kube';`],
  ['the test of the simulator imports the fakes', simulatorTest, `import '@kubeos/testing';`],
  ['the test of an adapter imports the fakes', adapterTest, `import '@kubeos/testing';`],
  ['a test plays a function', coreTest, `jest.fn().mockReturnValue(1);`],
  ['a test skips what it reads', coreTest, `lines.skip(1);`],
  ['the end-to-end tests import an app', 'e2e/apiserver/src/index.ts', `import '@kubeos/proxy';`],
];

const verdicts = new Map<string, readonly string[]>();

beforeAll(() => {
  const cases = [...refused, ...allowed];
  const judge = spawnSync('node', [join(import.meta.dirname, '../judge.mjs')], {
    cwd: root,
    encoding: 'utf8',
    timeout: 240_000,
    input: JSON.stringify(cases.map(([, file, text]) => ({ file, text: `${text}\n` }))),
  });
  expect(judge).toMatchObject({ status: 0 });
  const rules = JSON.parse(judge.stdout) as readonly (readonly string[])[];
  cases.forEach(([title], index) => verdicts.set(title, rules[index] ?? []));
}, 300_000);

describe('lint refuses that', () => {
  it.each(refused)('%s', (title, _file, _text, rule) => {
    expect(verdicts.get(title)).toContain(rule);
  });
});

describe('lint allows that', () => {
  it.each(allowed)('%s', (title) => {
    expect(verdicts.get(title)).not.toContain(boundaries);
    expect(verdicts.get(title)?.filter((rule) => rule.startsWith('no-restricted'))).toEqual([]);
  });
});

// The judge asks TypeScript about the file, so it must be one that exists.
function firstFile(pattern: string): string {
  const [first] = globSync(pattern, { cwd: root }).sort();
  if (first === undefined) throw new Error(`${pattern} matches no file`);
  return first;
}
