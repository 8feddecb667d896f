import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAgentClient } from '@kubeos/agent-api';
import { KubeosError } from '@kubeos/core';
import type { Agent, AgentStatus } from '@kubeos/core';
import { createSystemClock } from '@kubeos/host';
import { leanAgentStatus, stubAgent } from '@kubeos/testing';
import { run } from './run.ts';
import type { RunDeps } from './run.ts';
import type { Node } from './wiring.ts';

const onTrial: AgentStatus = {
  ...leanAgentStatus,
  bootedSlot: 'B',
  slots: { A: { state: 'good' }, B: { state: 'trial' } },
};
const noNotes = { total: 0, first: [] };
const goneBack = { result: 'Returned', slot: 'A', version: 'KubeOS 1' } as const;
const unending = new AbortController().signal;
const operation = { id: 'a/b/1', seq: 1, type: 'upgrade' } as const;
const activation = { ...operation, target: { version: 'KubeOS 2' }, confirmTimeoutSeconds: 600 };

describe('os-agent', () => {
  let root = '';
  let calls: string[] = [];
  let out = '';
  let complaints = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'agent-run-'));
    calls = [];
    out = '';
    complaints = '';
  });
  afterEach(() => rm(root, { recursive: true }));

  const node = (agent: Partial<Agent>): Node => {
    const note = async (call: string) => void calls.push(call);
    return {
      agent: {
        ...stubAgent(),
        start: () => note('start'),
        stop: () => note('stop'),
        isIdle: () => true,
        look: async () => onTrial,
        release: () => note('release'),
        returnPass: async () => 'nothing',
        consoleRollback: async () => ({ ...goneBack, reboots: true }),
        consoleConfirm: async () => ({ result: 'Committed', slot: 'B', version: 'KubeOS 2' }),
        ...agent,
      },
      clock: createSystemClock(),
    };
  };
  const quietLog = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  };
  const start = (
    argv: readonly string[],
    agent: Partial<Agent> = {},
    deps: Partial<RunDeps> = {},
  ): Promise<number> =>
    run(
      [...argv, '--root', root],
      {},
      {
        version: '1.2.3',
        pid: 7,
        print: (text) => {
          out += text;
        },
        complain: (text) => {
          complaints += text;
        },
        log: quietLog,
        stop: unending,
        wire: async () => node(agent),
        ...deps,
      },
    );

  it('tells its version and its use', async () => {
    expect(await start(['--version'])).toBe(0);
    expect(out).toBe('os-agent 1.2.3\n');
    expect(await start(['--help'])).toBe(0);
    expect(out).toContain('Examples:');
  });

  it('exits by the kind of the failure and says what it was', async () => {
    expect(await start(['--frobnicate'])).toBe(64);
    expect(complaints).toContain("Unknown option '--frobnicate'");
    const refuse = async () => {
      throw new KubeosError('ROLLBACK_IMPOSSIBLE', 'Slot B is empty');
    };
    expect(await start(['rollback'], { consoleRollback: refuse })).toBe(65);
    expect(complaints).toContain('Slot B is empty\n');
    expect(await start(['serve'])).toBe(64);
    expect(complaints).toContain('start os-agent.socket');
  });

  it.each([
    ['status', {}, 'This node runs KubeOS 1 from slot B'],
    ['rollback', {}, 'Going back to KubeOS 1 in slot A: the node reboots now.\nThis node is held'],
    [
      'rollback',
      { consoleRollback: async () => ({ ...goneBack, reboots: false }) },
      'Nothing is armed any more: the node stays with KubeOS 1 in slot A.\nThis node is held',
    ],
    ['confirm', {}, 'Confirmed: the node boots KubeOS 2 in slot B from now on.\n'],
    ['release', {}, 'The cluster may work on this node again.\n'],
  ])('%s answers in words', async (command, agent, answer) => {
    expect(await start([command], agent)).toBe(0);
    expect(out).toContain(answer);
  });

  it('status answers in JSON', async () => {
    expect(await start(['status', '-o', 'json'])).toBe(0);
    expect(JSON.parse(out)).toEqual(onTrial);
  });

  it('settings answers in words and in JSON', async () => {
    const sets = { after: { version: 's1' } };
    const heldSettings = async () => sets;
    expect(await start(['settings'], { heldSettings })).toBe(0);
    expect(out).toContain('sysconfigs: version "s1"');
    out = '';
    expect(await start(['settings', '-o', 'json'], { heldSettings })).toBe(0);
    expect(JSON.parse(out)).toEqual({ ...onTrial.settings, sets });
  });

  it.each([
    ['', noNotes],
    [
      'Changed by others:\n  pam.limits *: is not there\n',
      { total: 1, first: [{ model: 'pam.limits', key: '*', message: 'is not there' }] },
    ],
  ])('drift ends well and tells what it found: %j', async (told, drift) => {
    const settings = { refused: noNotes, drift, pendingRestarts: [], rebootPending: false };
    expect(await start(['drift'], { checkDrift: async () => settings })).toBe(0);
    expect(out).toBe(told);
  });

  it('return is silent where there is nothing to do, whatever the status', async () => {
    expect(await start(['return'])).toBe(0);
    expect(out + complaints).toBe('');
  });

  it('return says that it goes back', async () => {
    expect(await start(['return'], { returnPass: async () => 'returned' })).toBe(0);
    expect(out).toContain('going back');
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    [new KubeosError('BUG', 'thrown outside any call'), 70],
  ])('a command that hangs ends with %s', async (reason, exitCode) => {
    const stop = new AbortController();
    const returnPass = async () => {
      stop.abort(reason);
      return new Promise<never>(() => undefined);
    };
    expect(await start(['return'], { returnPass }, { stop: stop.signal })).toBe(exitCode);
  });

  it('boot puts the records in order', async () => {
    expect(await start(['boot'])).toBe(0);
    expect(calls).toEqual(['start']);
  });

  describe('serve', () => {
    const serving = (agent: Partial<Agent>, stop: AbortSignal) => {
      const socket = join(root, 'run/os-agent/os-agent.sock');
      const ended = start(['serve', '--listen', socket], agent, { stop });
      return { ended, client: createAgentClient({ target: `unix:${socket}` }) };
    };

    it('answers until it is told to stop', async () => {
      const stop = new AbortController();
      const { ended, client } = serving({ status: async () => onTrial }, stop.signal);
      expect(await client.getStatus(unending)).toEqual(onTrial);
      stop.abort('SIGTERM');
      expect(await ended).toBe(0);
      expect(calls).toEqual(['start', 'stop']);
      client.close();
    });

    it('B-05: sends the answer of Activate although the reboot ends it at once', async () => {
      const stop = new AbortController();
      const rebooting: Partial<Agent> = {
        activate: async () => {
          // What systemd does with the agent once it has accepted the order to reboot.
          stop.abort('SIGTERM');
          await new Promise((resolve) => setImmediate(resolve));
          return { result: 'Armed', slot: 'B' };
        },
      };
      const { ended, client } = serving(rebooting, stop.signal);
      expect(await client.activate(activation, unending)).toEqual({ result: 'Armed', slot: 'B' });
      expect(await ended).toBe(0);
      client.close();
    });

    it('B-21: ends with the exit status of a defect, so that the socket starts another', async () => {
      const crash = new AbortController();
      const crashing: Partial<Agent> = {
        status: async () => {
          crash.abort(new KubeosError('BUG', 'thrown outside any call'));
          return onTrial;
        },
      };
      const { ended, client } = serving(crashing, crash.signal);
      await client.getStatus(unending);
      expect(await ended).toBe(70);
      client.close();
    });
  });
});
