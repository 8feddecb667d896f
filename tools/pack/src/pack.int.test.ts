import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '../../..');
const bin = join(root, 'node_modules/.bin');
const packed = ['core', 'simulator', 'agent-api'];
const entries = [...packed, 'core/settings'];

const outside = mkdtempSync(join(tmpdir(), 'kubeos-pack-'));

type Packed = { readonly filename: string; readonly files: readonly { readonly path: string }[] };
const contents = new Map<string, readonly string[]>();

function run(cwd: string, program: string, ...args: readonly string[]): string {
  const result = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 240_000 });
  if (result.status !== 0) {
    throw new Error(`${program} ${args.join(' ')}: ${result.stdout}${result.stderr}`);
  }
  return result.stdout;
}

const evaluate = (type: 'module' | 'commonjs', script: string): string =>
  run(outside, 'node', `--input-type=${type}`, '--eval', script).trim();

function pack(name: string): string {
  const folder = join(root, 'libs', name);
  run(root, join(bin, 'tsc'), '--build', join(folder, 'tsconfig.lib.json'));
  const answer = run(folder, 'npm', 'pack', '--json', '--pack-destination', outside);
  const [archive] = JSON.parse(answer) as readonly Packed[];
  if (archive === undefined) throw new Error(`npm pack says nothing about ${name}`);
  const files = archive.files.map((file) => file.path);
  contents.set(name, files);
  return join(outside, archive.filename);
}

beforeAll(() => {
  const archives = packed.map(pack);
  const manifest = { name: 'stranger', version: '1.0.0', type: 'module' };
  writeFileSync(join(outside, 'package.json'), JSON.stringify(manifest));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  run(outside, 'npm', 'install', ...flags, ...archives);
}, 300_000);

afterAll(() => {
  rmSync(outside, { recursive: true, force: true });
});

describe.each(packed)('the package @kubeos/%s', (name) => {
  it('carries its build and neither sources nor tests', () => {
    const files = contents.get(name) ?? [];
    const expected = [
      ...['package.json', 'LICENSE', 'README.md'],
      ...['dist/index.js', 'dist/index.d.ts'],
    ];
    expect(files).toEqual(expect.arrayContaining(expected));
    expect(
      files.filter(
        (file) => !/^(package\.json|LICENSE|README\.md|dist\/.+\.(js|d\.ts))$/.test(file),
      ),
    ).toEqual([]);
    expect(files.filter((file) => file.includes('.test.'))).toEqual([]);
  });

  it('carries the licence of the repository', () => {
    const read = (folder: string) => readFileSync(join(root, folder, 'LICENSE'), 'utf8');
    expect(read(`libs/${name}`)).toBe(read('.'));
  });

  it('refuses a deep import', () => {
    const script = `import('@kubeos/${name}/dist/index.js').catch((e) => console.log(e.code))`;
    expect(evaluate('module', script)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});

describe.each(entries)('@kubeos/%s', (entry) => {
  it('is imported as an ES module', () => {
    const script = `console.log(Object.keys(await import('@kubeos/${entry}')).length)`;
    expect(Number(evaluate('module', script))).toBeGreaterThan(0);
  });

  it('is required from CommonJS', () => {
    const script = `console.log(Object.keys(require('@kubeos/${entry}')).length)`;
    expect(Number(evaluate('commonjs', script))).toBeGreaterThan(0);
  });
});

describe('the package @kubeos/simulator on its own', () => {
  it('plays a rollout', () => {
    const source = { imagetype: 'disk', imageurl: 'https://x/2', checksum: '0'.repeat(64) };
    const spec = { osversion: '2', opstype: 'upgrade', maxunavailable: 1, ...source };
    const options = JSON.stringify({ os: { spec }, nodes: 2, seed: 1 });
    const script = `const { simulateRollout } = await import('@kubeos/simulator');
      const { outcome, updated } = await simulateRollout(${options});
      console.log(outcome, updated);`;
    expect(evaluate('module', script)).toBe('completed 2');
  });
});

describe('the types of the packages', () => {
  it.each([
    ['user.ts', (name: string, from: string) => `import * as ${name} from '${from}';`],
    ['user.cts', (name: string, from: string) => `import ${name} = require('${from}');`],
  ])('are found from %s', (file, importAll) => {
    const folder = mkdtempSync(join(outside, 'types-'));
    const lines = entries.map((entry) => {
      const local = entry.replaceAll(/\W/g, '_');
      return `${importAll(local, `@kubeos/${entry}`)}\nexport const ${local}_ = Object.keys(${local});`;
    });
    writeFileSync(join(folder, file), `${lines.join('\n')}\n`);
    const compilerOptions = {
      ...{ module: 'nodenext', moduleResolution: 'nodenext', target: 'es2024', strict: true },
      ...{ noEmit: true, skipLibCheck: true, types: ['node'] },
      typeRoots: [join(root, 'node_modules/@types')],
    };
    const config = JSON.stringify({ compilerOptions, files: [file] });
    writeFileSync(join(folder, 'tsconfig.json'), config);
    expect(run(folder, join(bin, 'tsc'), '--project', 'tsconfig.json')).toBe('');
  });
});
