import { describe, expect, it } from '@jest/globals';

import { run } from './run.ts';

async function runWith(...argv: string[]): Promise<{ status: number; lines: string }> {
  const lines: string[] = [];
  const { signal } = new AbortController();
  const status = await run(argv, { print: (line) => void lines.push(line), signal });
  return { status, lines: lines.join('\n') };
}

describe('npm run simulate', () => {
  it('keeps every invariant on its first seeds', async () => {
    const { status, lines } = await runWith('--seeds', '100');
    expect(lines).toContain('100 seeds');
    expect(lines).toContain('all held');
    expect(status).toBe(0);
  }, 300_000);

  it('finds every planted fault', async () => {
    const { status, lines } = await runWith('--mutations');
    expect(lines).toContain('planted faults');
    expect(lines).toContain('all held');
    expect(status).toBe(0);
  }, 300_000);

  it('replays one seed with its trace', async () => {
    const { status, lines } = await runWith('--seed', '12');
    expect(lines).toContain('operator-0');
    expect(lines).toContain('PEACE');
    expect(lines).toContain('every invariant held');
    expect(status).toBe(0);
  }, 60_000);

  it('explains itself', async () => {
    expect((await runWith('--help')).lines).toContain('--seeds');
  });

  it.each([['--seeds', 'many'], ['--seed', '0'], ['--unknown']])(
    'refuses %s %s',
    async (...argv) => {
      await expect(runWith(...argv)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    },
  );
});
