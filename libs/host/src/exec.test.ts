import { describe, expect, it } from '@jest/globals';
import { exec } from './exec.ts';

describe('exec', () => {
  it('passes arguments as they are, without a shell', async () => {
    const { stdout } = await exec('printf', ['%s', '$HOME; echo `id`']);
    expect(stdout).toBe('$HOME; echo `id`');
  });

  it('feeds its input to the program', async () => {
    expect((await exec('cat', [], { input: 'text' })).stdout).toBe('text');
  });

  it('runs the program in a folder and with variables of its own', async () => {
    const { stdout } = await exec('sh', ['-c', 'pwd; echo "$COLOUR"'], {
      cwd: '/usr',
      env: { COLOUR: 'blue' },
    });
    expect(stdout).toBe('/usr\nblue\n');
  });

  it('passes stderr on as it comes', async () => {
    let seen = '';
    await exec('sh', ['-c', 'echo so far >&2'], { onStderr: (text) => (seen += text) });
    expect(seen).toBe('so far\n');
  });

  it('fails with exit code and end of stderr in the details', async () => {
    await expect(exec('ls', ['/no/such/file'])).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      details: { command: 'ls', exitCode: 2, stderr: expect.stringContaining('No such file') },
    });
  });

  it('takes the exit codes that are no failure', async () => {
    expect((await exec('false', [], { okExitCodes: [0, 1] })).exitCode).toBe(1);
  });

  it('fails when there is no such program', async () => {
    await expect(exec('no-such-program', [])).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  });

  it('ends the whole process group at the deadline', async () => {
    // The inner sleep would keep stdout open for a minute if only the outer program were ended.
    const late = exec('sh', ['-c', 'sleep 60 & wait'], { timeoutMs: 50 });
    await expect(late).rejects.toMatchObject({ code: 'COMMAND_TIMEOUT' });
  });

  it('ends the program when the signal is aborted, before and during', async () => {
    await expect(exec('sleep', ['60'], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    const controller = new AbortController();
    const running = exec('sleep', ['60'], { signal: controller.signal });
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('refuses more output than it was told to keep', async () => {
    await expect(exec('yes', [], { outputLimitBytes: 1000 })).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      details: { outputLimitBytes: 1000 },
    });
  });
});
