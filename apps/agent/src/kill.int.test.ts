import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootStep, KubeosError, parseBootBlock } from '@kubeos/core';
import type { AgentStatus, CallOperation, OperationType, PhaseAnswer } from '@kubeos/core';
import { defaultBootDir, exec, readBytesIfThere, readTextIfThere } from '@kubeos/host';
import { seededRandom, serveImages, startAgent } from '../test/kill-run.ts';
import type { LivingAgent } from '../test/kill-run.ts';
import { buildImage, digestOf, ext4Bytes, layOutLoopNode } from '../test/loop-node.ts';
import type { LoopNode, TestImage } from '../test/loop-node.ts';

// KILL_SEED=N makes the choices of an earlier run again, KILL_POINTS=N more or fewer of them.
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);
const points = Number(process.env['KILL_POINTS'] ?? 200);
const unending = new AbortController().signal;
const random = seededRandom(seed);
const cut = 'AGENT_UNREACHABLE';
const cutOff = new Error('The agent was killed');

let disk: LoopNode;
let images: readonly TestImage[] = [];
let source: Awaited<ReturnType<typeof serveImages>>;
let pristineA = '';
beforeAll(async () => {
  disk = await layOutLoopNode();
  images = [
    await buildImage(disk.node, 'KubeOS 2', 'image'),
    await buildImage(disk.node, 'KubeOS 3', 'image'),
    await buildImage(disk.node, 'KubeOS 4', 'tar'),
  ];
  source = await serveImages(images);
  pristineA = await digestOf(disk.partitions.A);
});
afterAll(async () => {
  source.close();
  await disk.remove();
});

let seq = 0;
function newOperation(type: OperationType): CallOperation {
  seq += 1;
  return { id: `os/node/${seq}`, seq, type };
}

function prepare(
  { client }: LivingAgent,
  operation: CallOperation,
  image: TestImage,
  signal = unending,
) {
  const payload = {
    imageType: 'disk' as const,
    url: `${source.url}/${images.indexOf(image)}`,
    digest: image.digest,
    allowInsecure: true,
    mutualTls: false,
  };
  const request = { ...operation, version: image.version, payload };
  return client.prepare(request, () => undefined, signal);
}

function activate(
  { client }: LivingAgent,
  operation: CallOperation,
  version: string,
  signal = unending,
) {
  const request = { ...operation, target: { version }, confirmTimeoutSeconds: 600 };
  return client.activate(request, signal);
}

/** An image that slot B does not hold, so that it has to be written. */
function anotherImage({ slots }: AgentStatus): TestImage {
  const others = images.filter(({ version }) => version !== slots.B.version);
  const image = others[Math.floor(random() * others.length)];
  if (image === undefined) throw new Error('There is no other image');
  return image;
}

/** What must hold at any moment, on a disk that nobody works on. */
async function checkDisk(): Promise<void> {
  const { A, B } = disk.partitions;
  const block = await readBytesIfThere(join(disk.node.root, defaultBootDir, 'grubenv'));
  const parsed = parseBootBlock(block);
  if (parsed.kind !== 'ok') throw new Error('The boot sector is not readable');
  const bytes = await ext4Bytes(B);
  const loadable = { A: (await ext4Bytes(A)) !== undefined, B: bytes !== undefined };
  const booted = [true, false].map((saveOk) => bootStep(block, { saveOk, loadable }).slot);
  const stateB = parsed.vars.slots.B;
  expect(booted).toEqual(stateB === 'trial' ? ['B', 'A'] : ['A', 'A']);
  expect(['empty', 'ready', 'trial']).toContain(stateB);
  if (stateB !== 'empty') {
    expect(bytes).toBeDefined();
    const digest = await digestOf(B, bytes);
    const isImage = images.some((image) => image.digest === digest);
    if (!isImage) await exec('e2fsck', ['-fn', B]);
  }
  expect(await digestOf(A)).toBe(pristineA);
  const records = await readTextIfThere(join(disk.node.root, 'persist/os-agent.json'));
  expect(() => JSON.parse(records ?? '{}') as unknown).not.toThrow();
}

/** What the next agent must say after that. */
async function checkStatus({ slots, bootedSlot, operation, warnings }: AgentStatus): Promise<void> {
  expect({ bootedSlot, stateA: slots.A.state, warnings }).toEqual({
    bootedSlot: 'A',
    stateA: 'good',
    warnings: [],
  });
  const { state, version, slotDigest } = slots.B;
  if (state === 'empty') {
    expect(['Prepared', 'Armed']).not.toContain(operation?.result);
    return;
  }
  expect(slotDigest).toBe(await digestOf(disk.partitions.B, await ext4Bytes(disk.partitions.B)));
  const osRelease = await exec('debugfs', ['-R', 'cat /etc/os-release', disk.partitions.B]);
  expect(osRelease.stdout).toBe(`PRETTY_NAME="${version}"\n`);
  if (operation?.result === 'Armed') expect(state).toBe('trial');
}

/** How long the two calls took when they were last allowed to end. */
interface Durations {
  prepareMs: number;
  activateMs: number;
}

async function timed(call: Promise<PhaseAnswer>): Promise<number> {
  const begin = performance.now();
  await call;
  return performance.now() - begin;
}

async function measure(): Promise<Durations> {
  const agent = await startAgent(disk.node);
  try {
    const operation = newOperation('upgrade');
    const [image] = images;
    if (image === undefined) throw new Error('There is no image');
    const prepareMs = await timed(prepare(agent, operation, image));
    const activateMs = await timed(activate(agent, operation, image.version));
    return { prepareMs, activateMs };
  } finally {
    await agent.kill();
  }
}

/** One kill: brings the node to where the call can be made, makes it, and kills the agent in the middle. */
async function killOnce(took: Durations): Promise<string> {
  const agent = await startAgent(disk.node);
  try {
    await checkStatus(agent.status);
    const { slots, operation } = agent.status;
    if (slots.B.state === 'trial' && operation !== undefined) {
      await agent.client.cancel(operation, unending);
    }
    const isPrepare = random() < 0.5;
    const image = anotherImage(agent.status);
    const afterMs = random() * 1.2 * (isPrepare ? took.prepareMs : took.activateMs);
    let version = slots.B.version;
    if (!isPrepare && (slots.B.state === 'empty' || version === undefined)) {
      await prepare(agent, newOperation('upgrade'), image);
      version = image.version;
    }
    const caller = new AbortController();
    const call = isPrepare
      ? prepare(agent, newOperation('upgrade'), image, caller.signal)
      : activate(agent, newOperation('rollback'), version ?? '', caller.signal);
    const begin = performance.now();
    const ended = call.then(
      ({ result }) => {
        const tookMs = performance.now() - begin;
        if (isPrepare) took.prepareMs = tookMs;
        else took.activateMs = tookMs;
        return result;
      },
      (thrown: unknown) => (thrown === cutOff ? cut : KubeosError.from(thrown).code),
    );
    await sleep(afterMs);
    await agent.kill();
    // Else the client would knock for a while.
    caller.abort(cutOff);
    const result = await ended;
    expect([cut, 'Prepared', 'Armed']).toContain(result);
    return `${isPrepare ? 'Prepare' : 'Activate'} after ${afterMs.toFixed(1)} ms: ${result}`;
  } finally {
    await agent.kill();
  }
}

describe(`agent killed at ${points} points, KILL_SEED=${seed}`, () => {
  it('leaves a bootable slot and records that agree with it', async () => {
    const took = await measure();
    const story: string[] = [];
    for (let point = 0; point < points; point += 1) {
      try {
        story.push(await killOnce(took));
        await checkDisk();
      } catch (cause) {
        throw new Error(`Point ${point}. Before: ${story.slice(-3).join('; ')}`, { cause });
      }
    }
    const inTheMiddle = story.filter((line) => line.endsWith(cut));
    expect(inTheMiddle.length).toBeGreaterThan(points / 2);
  }, 600_000);
});
