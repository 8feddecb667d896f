import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { unreachable } from './lean-plugin.mjs';

const apps = resolve(import.meta.dirname, '../../apps');

// Generous: a bundle that passes its limit has got a package that nobody meant, or is worth a look.
describe.each([
  ['agent', 1_200_000],
  ['kubectl-kubeos', 900_000],
  ['operator', 600_000],
  ['proxy', 900_000],
])('the bundle of %s', (name, limitBytes) => {
  const metafile = join(apps, name, 'dist/metafile-cjs.json');
  const { bytes, inputs } = JSON.parse(readFileSync(metafile, 'utf8')).outputs[`dist/${name}.cjs`];
  const files = Object.keys(inputs).filter((file) => inputs[file].bytesInOutput > 0);
  const { version } = JSON.parse(readFileSync(join(apps, name, 'package.json'), 'utf8'));
  const run = (...args) =>
    spawnSync('node', [join(apps, name, 'dist', `${name}.cjs`), ...args], {
      encoding: 'utf8',
      timeout: 20_000,
      // Nothing of the workspace can be found from here: the file must be whole.
      cwd: '/',
    });

  it('says its version', () => {
    const result = run('--version');
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(result.stdout).toContain(version);
  });

  it('holds nothing of the packages that no program reaches', () => {
    expect(files.length).toBeGreaterThan(10);
    const folders = unreachable.map((stubbed) => `/node_modules/${stubbed}/`);
    expect(files.filter((file) => folders.some((folder) => file.includes(folder)))).toEqual([]);
  });

  it('holds nothing of tests and tools', () => {
    // Only the plugin plays rollouts.
    const ours = name === 'kubectl-kubeos' ? 'testing' : 'testing|simulator';
    const foreign = new RegExp(`/(?:libs/(?:${ours})|tools|e2e)/|\\.test\\.ts$`);
    expect(files.filter((file) => foreign.test(file))).toEqual([]);
  });

  it(`has at most ${limitBytes} bytes`, () => {
    expect(bytes).toBeLessThanOrEqual(limitBytes);
  });
});
