import { describe, expect, it } from '@jest/globals';
import type { RunDeps } from '../run.ts';
import { cluster, kubeos } from '../kubeos.fixture.ts';

/** Watches until something was printed that has this text. */
async function watchUntil(text: string, changes: Partial<RunDeps>): Promise<readonly string[]> {
  const stop = new AbortController();
  const printed: string[] = [];
  const print = (line: string): void => {
    printed.push(line);
    if (line.includes(text)) stop.abort('SIGINT');
  };
  const said = await kubeos(cluster(), ['status', '-w'], { ...changes, print, stop: stop.signal });
  expect(said).toMatchObject({ status: 130, err: '' });
  return printed;
}

describe('status --watch', () => {
  it('draws the table in a terminal, as much of it as there is room for', async () => {
    const [screen] = await watchUntil('NODE', { terminalRows: 4 });
    const lines = screen?.split('\n') ?? [];
    expect(lines[0]?.startsWith('\u001b[H\u001b[JNODE')).toBe(true);
    expect(lines[1]).toMatch(/^a /u);
    expect(lines[2]).toBe('... and 1 more nodes');
  });

  it('writes a line for each node elsewhere', async () => {
    const [lines] = await watchUntil('Queued', { terminalRows: undefined });
    expect(lines).toMatch(/^a .*Waiting.*Queued: .*\nb .*Waiting.*Held: /u);
  });
});
