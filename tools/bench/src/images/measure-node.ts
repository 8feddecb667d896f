import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { Digest } from '@kubeos/core';
import { serveImages, VmNode, type ImageTools, type Upgrade } from '@kubeos/vm';

import type { CaseContext } from '../case.ts';
import { manifestOf } from './build-image.ts';

/** What is measured, and with what. */
export interface NodeRequest {
  readonly context: CaseContext;
  readonly tools: ImageTools;
  /** Output folders of kbimg. */
  readonly first: string;
  readonly second: string;
}

/** All in seconds. */
export interface NodeTimes {
  readonly loginSeconds: number;
  readonly agentSeconds: number;
  readonly prepareSeconds: number;
  /** Writing as many bytes into the idle slot, and reading them back, by dd(1). */
  readonly floorSeconds: number;
  /** From Activate until the new system is confirmed. */
  readonly switchSeconds: number;
}

const payloadName = 'kubeos.img.zst';
const mib = 2 ** 20;

/** Boots the first image and upgrades it to the second one, through the agent. */
export async function measureNode({ tools, first, second }: NodeRequest): Promise<NodeTimes> {
  await using endings = new AsyncDisposableStack();
  const server = await serveImages(second);
  endings.defer(() => server.close());
  const started = performance.now();
  const node = await VmNode.start({ disk: join(first, 'system.qcow2'), tools, name: 'bench' });
  endings.defer(() => node.dispose());
  await node.hasBooted();
  const loginSeconds = since(started);
  await node.logIn();
  const agentSeconds = since(started);

  const { osRelease, rootFileSystem } = await manifestOf(second);
  const floorSeconds = await timeOfDd(node, Math.ceil(rootFileSystem.bytes / mib));
  await node.put('/etc/KubeOS/certs/bench-ca.pem', server.ca);
  const upgrade: Upgrade = {
    seq: 1,
    version: osRelease,
    payload: {
      imageType: 'disk',
      url: `${server.url}/${payloadName}`,
      digest: await digestOf(join(second, payloadName)),
      allowInsecure: false,
      mutualTls: false,
      caCert: 'bench-ca.pem',
    },
  };
  const preparing = performance.now();
  const prepared = await node.prepare(upgrade);
  const prepareSeconds = since(preparing);
  const switching = performance.now();
  await node.activate(upgrade, prepared);
  await node.isUp(2);
  await node.confirm('upgrade', upgrade.seq);
  return {
    ...{ loginSeconds, agentSeconds, prepareSeconds, floorSeconds },
    switchSeconds: since(switching),
  };
}

async function timeOfDd(node: VmNode, count: number): Promise<number> {
  const slot = '/dev/disk/by-partlabel/ROOT-B';
  const started = performance.now();
  await node.run(`dd if=/dev/zero of=${slot} bs=1M count=${count} oflag=direct conv=fsync`);
  await node.run(`dd if=${slot} of=/dev/null bs=1M count=${count} iflag=direct`);
  return since(started);
}

async function digestOf(file: string): Promise<Digest> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return `sha256:${hash.digest('hex')}`;
}

function since(started: number): number {
  return (performance.now() - started) / 1000;
}
