import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import type { ConfigureRequest, SettingsSet } from '@kubeos/core';
import { defaultBootDir, exec, readTextIfThere } from '@kubeos/host';
import { agentCommand } from '../test/agent-process.ts';
import { killAtWrite, seededRandom, startAgent } from '../test/kill-run.ts';
import type { DeadlyNode, LivingAgent } from '../test/kill-run.ts';
import { layOutNode } from '../test/node-root.ts';
import type { NodeRoot } from '../test/node-root.ts';

// As in kill.int.test.ts: KILL_SEED=N makes the choices of an earlier run again, KILL_POINTS=N more or fewer of them. A
// few are enough: below, the agent is killed at every write there is.
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);
const points = Number(process.env['KILL_POINTS'] ?? 30);
const unending = new AbortController().signal;
const random = seededRandom(seed);
const cut = 'AGENT_UNREACHABLE';
const cutOff = new Error('The agent was killed');

/** Every file of the node that holds settings, with a number in it that is the same in all of them. */
const files: Readonly<Record<string, (number: number) => string>> = {
  'etc/sysctl.conf': (number) => `# Of this node.\nvm.swappiness = ${number}\n`,
  'etc/security/limits.conf': (number) => `*\tsoft nofile ${number} # as asked for\n`,
  'etc/containerd/config.toml': (number) => `version = 3\n[debug]\nuid = ${number} # why\n`,
  'var/lib/kubelet/config.yaml': (number) =>
    `kind: KubeletConfiguration\nmaxPods: ${number} # many\n`,
  [join(defaultBootDir, 'grub.cfg')]: (number) =>
    ['A', 'B']
      .map((slot) => {
        const panic = slot === 'A' ? ` panic=${number}` : '';
        return `menuentry '${slot}' --id KubeOS-${slot} {\n\tlinux /vmlinuz root=/dev/x${panic} quiet\n}\n`;
      })
      .join(''),
};

/** What makes the number in all files another one; the kubelet is restarted where that is asked for. */
function settingsOf(number: number, restart: boolean): SettingsSet {
  const config = (model: string, contents: readonly object[]) => ({ model, contents });
  return {
    version: `settings ${number}`,
    configs: [
      config('kernel.sysctl.persist', [{ key: 'vm.swappiness', value: number }]),
      config('pam.limits', [{ key: '*', value: `soft.nofile.${number}` }]),
      config('container.containerd', [{ key: 'debug.uid', value: number }]),
      { ...config('kubernetes.kubelet', [{ key: 'maxPods', value: number }]), restart },
      config('grub.cmdline.current', [{ key: 'panic', value: number }]),
      config('kernel.sysctl', [{ key: 'vm.swappiness', value: number }]),
    ],
  };
}

let node: NodeRoot;
let deadly: DeadlyNode;
/** An agent that has nothing to do: what ended the last change also takes the next one. */
let idle: LivingAgent | undefined;
beforeAll(async () => {
  node = await layOutNode({});
  deadly = killAtWrite(node);
  await node.write('proc/sys/vm/swappiness', '100\n');
  for (const [path, text] of Object.entries(files)) await node.write(path, text(100));
  // No program comes up again: what restarts one goes back.
  const isRestart = '[ "$1" = restart ] && exit 1';
  await node.write('usr/bin/systemctl', `#!/bin/sh\n${isRestart}\nexit 0\n`, 0o755);
  await node.write('usr/bin/journalctl', '#!/bin/sh\nexit 1\n', 0o755);
});
afterAll(async () => {
  await idle?.kill();
  await node.remove();
});

async function takeAgent(): Promise<LivingAgent> {
  const agent = idle ?? (await startAgent(deadly.node));
  idle = undefined;
  return agent;
}

/** The number that is in the files; they hold nothing else than what they held. */
async function numberInFiles(): Promise<number> {
  const found: Record<string, string | undefined> = {};
  for (const path of Object.keys(files)) found[path] = await readTextIfThere(join(node.root, path));
  const number = Number(/\d+/.exec(found['etc/sysctl.conf'] ?? '')?.[0]);
  const expected = Object.entries(files).map(([path, text]) => [path, text(number)]);
  expect(found).toEqual(Object.fromEntries(expected));
  return number;
}

async function leftovers(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(node.root, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.new'));
}

type Request = Omit<ConfigureRequest, 'phase' | 'confirmTimeoutSeconds'>;

/** The result of the call, or the code of its failure; the first answer to what went back is a failure. */
async function configure(
  { client }: LivingAgent,
  request: Request,
  signal = unending,
): Promise<string> {
  const call = { ...request, phase: 'After' as const, confirmTimeoutSeconds: 600 };
  try {
    return (await client.configure(call, signal)).result;
  } catch (thrown) {
    if (thrown === cutOff) return cut;
    const { code } = KubeosError.from(thrown);
    return code === 'SERVICE_FAILED' ? 'Returned' : code;
  }
}

let seq = 0;
let tookMs = 1000;

/** The next change of all files. */
interface Change {
  readonly request: Request;
  readonly before: number;
  readonly number: number;
  readonly restart: boolean;
}

async function nextChange(restart: boolean): Promise<Change> {
  const before = await numberInFiles();
  seq += 1;
  const number = 1000 + seq;
  const operation = { id: `os/node/${seq}`, seq, type: 'config' as const };
  const request = { ...operation, settings: settingsOf(number, restart) };
  return { request, before, number, restart };
}

/**
 * What a killed agent has left behind, and what the next agents make of it: those that a boot and a proxy start.
 *
 * @returns what was in the files after the boot
 */
async function recover(change: Change, result: string): Promise<'old' | 'new'> {
  const { request, before, number, restart } = change;
  expect([cut, 'Committed', 'Returned']).toContain(result);
  await bootPass();
  const after = await numberInFiles();
  if (result === 'Committed') expect(after).toBe(number);
  else if (result === 'Returned') expect(after).toBe(before);
  else expect([before, number]).toContain(after);
  for (const folder of ['etc', 'var', 'boot']) expect(await leftovers(folder)).toEqual([]);

  await finish(request, restart ? 'Returned' : 'Committed');
  expect(await numberInFiles()).toBe(restart ? before : number);
  return after === number ? 'new' : 'old';
}

/** One kill at some moment of a change. */
async function killOnce(): Promise<string> {
  const change = await nextChange(random() < 0.3);
  const afterMs = random() * 1.2 * tookMs;

  const agent = await takeAgent();
  const caller = new AbortController();
  const begin = performance.now();
  const ended = configure(agent, change.request, caller.signal).then((result) => {
    if (result !== cut) tookMs = performance.now() - begin;
    return result;
  });
  await sleep(afterMs);
  await agent.kill();
  caller.abort(cutOff);
  const result = await ended;
  const found = await recover(change, result);
  return `${change.restart ? 'restart ' : ''}after ${afterMs.toFixed(1)} ms: ${result}, ${found}`;
}

/** A change whose agent dies at that write; without so many writes it ends. */
async function killAt(write: number, restart: boolean): Promise<[string, 'old' | 'new']> {
  const change = await nextChange(restart);
  const agent = await takeAgent();
  await deadly.before(write);
  const caller = new AbortController();
  // Else the client would knock for a while.
  void agent.ended.then(() => caller.abort(cutOff));
  const result = await configure(agent, change.request, caller.signal);
  await agent.kill();
  await deadly.spare();
  return [result, await recover(change, result)];
}

async function bootPass(): Promise<void> {
  const [program = '', ...args] = agentCommand(node, 'boot');
  await exec(program, args, { env: node.env });
}

/** The proxy asks again until the phase has ended. */
async function finish(request: Request, expected: string): Promise<void> {
  idle = await takeAgent();
  expect(await configure(idle, request)).toBe(expected);
  const kernel = await readTextIfThere(join(node.root, 'proc/sys/vm/swappiness'));
  if (expected === 'Committed') expect(kernel).toBe(`${1000 + request.seq}\n`);
  expect(await leftovers('.')).toEqual([]);
}

describe(`agent killed at ${points} points of Configure, KILL_SEED=${seed}`, () => {
  it('leaves the old or the new settings, and never a mix', async () => {
    const story: string[] = [];
    for (let point = 0; point < points; point += 1) {
      try {
        story.push(await killOnce());
      } catch (cause) {
        throw new Error(`Point ${point}. Before: ${story.slice(-3).join('; ')}`, { cause });
      }
    }
    const inTheMiddle = story.filter((line) => line.includes(cut));
    expect(inTheMiddle.length).toBeGreaterThan(points / 2);
    // Without both the kills have missed what this is about.
    for (const word of ['old', 'new']) {
      expect(inTheMiddle.some((line) => line.endsWith(word))).toBe(true);
    }
  }, 600_000);
});

describe('agent killed at every write of Configure', () => {
  it.each([
    ['without a restart', false],
    ['with a restart that fails', true],
  ])(
    'leaves the old or the new settings, and never a mix, %s',
    async (_what, restart) => {
      const story: string[] = [];
      for (let result = cut; result === cut;) {
        const write = story.length + 1;
        try {
          const [ended, found] = await killAt(write, restart);
          story.push(found);
          result = ended;
        } catch (cause) {
          throw new Error(`Write ${write}. Before: ${story.join(' ')}`, { cause });
        }
      }
      // Staged, flushed and put in place: no file of settings takes fewer writes than three.
      expect(story.length).toBeGreaterThan(3 * Object.keys(files).length);
      // One write decides.
      if (!restart) expect(story.join(' ')).toMatch(/^(old )+(new ?)+$/);
    },
    600_000,
  );
});
