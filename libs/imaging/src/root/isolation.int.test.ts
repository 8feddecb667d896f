import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { isolated } from './isolation.ts';

it('B-60: a build that is killed leaves no program behind, and no mount', async () => {
  // In its namespace it mounts a file system over /mnt, as scripts of packages may, and stays.
  const inner = 'mount -t tmpfs kubeos-isolation /mnt && echo mounted && exec sleep 600';
  const command = isolated({ file: 'sh', args: ['-c', inner] });
  const builder = `require('node:child_process').spawn(${JSON.stringify(command.file)}, ${JSON.stringify(command.args)}, { stdio: 'inherit', detached: true })`;
  const child = spawn(process.execPath, ['-e', builder], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain('kubeos-isolation');
  child.kill('SIGKILL');
  // The pipe is closed when the last process that has it is gone.
  await once(child.stdout, 'close');
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain('kubeos-isolation');
});
