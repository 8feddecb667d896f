import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const apps = resolve(import.meta.dirname, '../../apps');

describe.each(['agent', 'operator', 'proxy'])('the bundle of %s', (name) => {
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
});
