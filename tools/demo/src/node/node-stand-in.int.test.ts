import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { changeSlots, freshVars, newBlock, parseBootBlock } from '@kubeos/core';
import { exec, readBytesIfThere, type ExecResult } from '@kubeos/host';
import type { ApiClient, ApiRequest } from '@kubeos/kube';

import { programsOf, removeFolder } from '../disks/leftovers.ts';
import { makeNodeDisk, type NodeDisk } from '../disks/node-disk.ts';
import type { ImageKind } from '../images/image-tree.ts';
import { buildRootImage } from '../images/root-image.ts';
import { kubeletConfigFile, sysctlFile } from './factory-settings.ts';
import { layOutNodeRoot, nodeRootPaths, type NodeRoot } from './node-root.ts';
import { NodeStandIn } from './node-stand-in.ts';

const deadlineSeconds = 20;
const armed = changeSlots(changeSlots(freshVars('A', 1), 'endPrepare'), 'arm');

let folder = '';
let paths: NodeRoot;
let disk: NodeDisk;
let node: NodeStandIn;
let requests: ApiRequest[];

const api: ApiClient = {
  request: async (request) => {
    requests.push(request);
    return { metadata: { uid: 'uid-1' } };
  },
  lines: async () => undefined,
  close: () => undefined,
};

async function eventually(look: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + deadlineSeconds * 1000;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(JSON.stringify([node.state, node.boots]));
    await delay(20);
  }
}

async function putIntoB(kind: ImageKind): Promise<void> {
  const image = await buildRootImage({ folder, version: 'KubeOS 2', kind });
  await exec('dd', [`if=${image.path}`, `of=${disk.slots.B}`, 'bs=1M', 'conv=fsync']);
  await writeFile(paths.grubenv, newBlock(armed));
}

const systemctl = (...args: readonly string[]): Promise<ExecResult> =>
  exec(join(paths.programs, 'systemctl'), args, { okExitCodes: [0, 1, 3, 4, 5] });
const orderReboot = (): Promise<unknown> => systemctl('reboot');
const chosen = (): string[] => node.boots.map((b) => `${b.slot ?? '-'} ${b.why} ${b.reached}`);
const onNode = (name: string): Promise<string> => readFile(join(paths.root, name), 'utf8');

beforeEach(async () => {
  requests = [];
  folder = await mkdtemp(join(tmpdir(), 'kubeos-stand-in-'));
  paths = nodeRootPaths(folder);
  const image = await buildRootImage({ folder, version: 'KubeOS 1' });
  disk = await makeNodeDisk({ folder, image, persistMount: paths.persist });
  await layOutNodeRoot(paths, { machineId: 'a'.repeat(32), device: disk.device });
  node = new NodeStandIn({
    name: 'node-1',
    folder,
    logFolder: folder,
    paths,
    disk,
    machineId: 'a'.repeat(32),
    api,
    programs: { agent: ['true'], proxy: async () => ['sleep', '600'] },
    firmwareMilliseconds: 10,
    panicMilliseconds: 10,
  });
});

afterEach(async () => {
  await node.powerOff();
  await removeFolder(folder);
});

describe('a node', () => {
  it('boots the good slot and tells its programs and the cluster what runs', async () => {
    node.powerOn();
    await eventually(() => requests.length >= 3 && existsSync(paths.socket));
    expect(node.state).toMatchObject({ kind: 'up', slot: 'A', version: 'KubeOS 1' });
    expect(await onNode('proc/cmdline')).toContain('kubeos.slot=A kubeos.why=good');
    expect(await onNode('etc/os-release')).toContain('PRETTY_NAME="KubeOS 1"');
    const bootId = (await onNode('proc/sys/kernel/random/boot_id')).trim();
    expect(JSON.stringify(requests[1]?.body)).toContain(`"bootID":"${bootId}"`);
    expect(JSON.stringify(requests[1]?.body)).toContain('"osImage":"KubeOS 1"');
    expect(requests[2]?.path).toContain('kube-node-lease/leases/node-1');
  });

  it('tries an armed slot after an ordered reboot, as another boot', async () => {
    node.powerOn();
    await eventually(() => node.state.kind === 'up');
    const [first] = node.boots;
    await putIntoB('good');
    await orderReboot();
    await eventually(() => node.boots.length === 2 && node.state.kind === 'up');
    expect(chosen()).toEqual(['A good system', 'B trial system']);
    expect(node.boots[1]?.bootId).not.toBe(first?.bootId);
    expect(parseBootBlock(await readBytesIfThere(paths.grubenv))).toMatchObject({
      vars: { left: { B: 2 } },
    });
  });

  it('goes back by itself from a slot without init when its attempts are used up', async () => {
    await putIntoB('noInit');
    node.powerOn();
    await eventually(() => node.state.kind === 'up');
    const failed = 'B trial kernel';
    expect(chosen()).toEqual([failed, failed, failed, 'A good system']);
  });

  it('goes on with the good slot at once when the loader finds no kernel', async () => {
    await putIntoB('noKernel');
    node.powerOn();
    await eventually(() => node.state.kind === 'up');
    expect(chosen()).toEqual(['A good system']);
  });

  it('comes up without getting Ready when there is no kubelet in the slot', async () => {
    await putIntoB('noKubelet');
    node.powerOn();
    await eventually(() => node.state.kind === 'up' && existsSync(paths.socket));
    expect(chosen()).toEqual(['B trial system']);
    expect(requests).toEqual([]);
  });

  it('boots again after a power cut', async () => {
    node.powerOn();
    await eventually(() => node.state.kind === 'up');
    await node.powerCut();
    await eventually(() => node.boots.length === 2 && node.state.kind === 'up');
    expect(chosen()).toEqual(['A good system', 'A good system']);
  });

  describe('with a kubelet', () => {
    const config = (): string => join(paths.root, kubeletConfigFile);
    const statusWrites = (): readonly string[] =>
      requests
        .filter(({ path }) => path.endsWith('/status'))
        .map((one) => JSON.stringify(one.body));
    const isActive = async (): Promise<string> =>
      (await systemctl('is-active', 'kubelet.service')).stdout.trim();

    beforeEach(async () => {
      node.powerOn();
      await eventually(() => statusWrites().some((body) => body.includes('KubeletReady')));
    });

    it('reads its file with a restart, and is not Ready for a moment', async () => {
      const text = await readFile(config(), 'utf8');
      await writeFile(config(), text.replace('maxPods: 110', 'maxPods: 64'));
      const before = statusWrites().length;
      expect((await systemctl('restart', 'kubelet.service')).exitCode).toBe(0);
      expect(await isActive()).toBe('active');
      await eventually(() => statusWrites().length >= before + 2);
      const [first = '', second = ''] = statusWrites().slice(before);
      expect(first).toContain('KubeletNotReady');
      expect(second).toContain('KubeletReady');
      expect(second).toContain('"pods":"64"');
    });

    it('does not come up with a file that it cannot take, and says why in its journal', async () => {
      const text = await readFile(config(), 'utf8');
      await writeFile(config(), `${text}imageGCHighThresholdPercent: 75\n`);
      expect(await systemctl('restart', 'kubelet.service')).toMatchObject({ exitCode: 1 });
      expect(await systemctl('is-active', 'kubelet.service')).toMatchObject({
        exitCode: 3,
        stdout: 'failed\n',
      });
      const journal = await exec(join(paths.programs, 'journalctl'), ['--unit=kubelet.service']);
      expect(journal.stdout).toContain('must be less than imageGCHighThresholdPercent');
      await writeFile(config(), text);
      // Only what runs is restarted so.
      await systemctl('--no-block', 'try-restart', 'kubelet.service');
      await eventually(async () => !(await readdir(paths.units.folder)).join().includes('restart'));
      expect(await isActive()).toBe('failed');
      await systemctl('reset-failed', 'kubelet.service');
      expect((await systemctl('restart', 'kubelet.service')).exitCode).toBe(0);
      expect(await isActive()).toBe('active');
    });

    it('has the parameters of its kernel back with a boot, and those of sysctl.conf', async () => {
      await writeFile(join(paths.root, 'proc/sys/vm/max_map_count'), '1\n');
      await writeFile(join(paths.root, sysctlFile), 'vm.swappiness=10\n');
      await orderReboot();
      await eventually(() => node.boots.length === 2 && node.state.kind === 'up');
      expect(await onNode('proc/sys/vm/max_map_count')).toBe('65530\n');
      expect(await onNode('proc/sys/vm/swappiness')).toBe('10\n');
    });
  });

  it('knows no kubelet where the slot has none', async () => {
    await putIntoB('noKubelet');
    node.powerOn();
    await eventually(() => node.state.kind === 'up');
    expect(await systemctl('restart', 'kubelet.service')).toMatchObject({ exitCode: 5 });
    expect(await systemctl('is-active', 'kubelet.service')).toMatchObject({ exitCode: 4 });
  });

  it('leaves no program, mount, loop device and file when it is taken away', async () => {
    node.powerOn();
    await eventually(async () => (await programsOf(folder)).length > 0);
    await node.powerOff();
    expect(await programsOf(folder)).toEqual([]);
    await removeFolder(folder);
    expect(existsSync(folder)).toBe(false);
    expect((await exec('losetup', ['--list', '--output', 'BACK-FILE'])).stdout).not.toContain(
      folder,
    );
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
  });
});
