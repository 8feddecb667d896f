import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { casesFile } from './alerts.ts';

const execute = promisify(execFile);

it('the alerts fire and stay quiet as their cases say', async () => {
  const { stdout } = await execute('promtool', ['test', 'rules', casesFile], { timeout: 60_000 });
  expect(stdout).toContain('SUCCESS');
});
