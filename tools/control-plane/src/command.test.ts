import { describe, expect, it } from '@jest/globals';

import { runCommand } from './command.ts';

describe('runCommand', () => {
  it('gives standard output, and hands over the input', async () => {
    await expect(runCommand('cat', [], { input: 'some text' })).resolves.toBe('some text');
  });

  it('shows standard error as it comes', async () => {
    let seen = '';
    await runCommand(process.execPath, ['-e', 'console.error("so far")'], {
      onStderr: (text) => {
        seen += text;
      },
    });
    expect(seen).toBe('so far\n');
  });

  it('fails with the error text of the program', async () => {
    await expect(runCommand('cat', ['/no/such/file'])).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringContaining('No such file'),
    });
  });

  it('fails for a program that is not there', async () => {
    await expect(runCommand('/no/such/program', [])).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
    });
  });

  it('ends a program at its deadline', async () => {
    await expect(runCommand('sleep', ['60'], { timeoutSeconds: 0.05 })).rejects.toMatchObject({
      code: 'COMMAND_TIMEOUT',
    });
  });

  it('ends a program by the signal', async () => {
    const signal = AbortSignal.abort();
    await expect(runCommand('sleep', ['60'], { signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});
