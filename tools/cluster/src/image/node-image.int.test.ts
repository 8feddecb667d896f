/** The image of a node as it boots first: without identity, then with the one that a disk brings. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startMachine, type Machine } from '@kubeos/vm';

import { writeEmptySeedDisk, writeSeedDisk } from '../node/seed.ts';
import { nodeImages } from './node-images.ts';
import { makeCa } from './seed-root.fixture.ts';
import { webImage } from './web-image.ts';

let folder = '';
let seedDisk = '';
let machine: Machine | undefined;

beforeAll(async () => {
  const { disk, tools } = await nodeImages();
  folder = await mkdtemp(join(tmpdir(), 'kubeos-node-image-'));
  seedDisk = join(folder, 'seed.img');
  await writeEmptySeedDisk(seedDisk);
  machine = await startMachine({
    ...{ tools, firmware: 'uefi', cpus: 1, disk: { file: disk, format: 'qcow2' } },
    extraArguments: [
      ...['-drive', `if=none,id=seed,format=raw,readonly=on,file=${seedDisk}`],
      ...['-device', 'virtio-blk-pci,drive=seed'],
    ],
  });
  await machine.console.login('root', 'kubeos');
}, 1_800_000);

afterAll(async () => {
  await machine?.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a text of sh(1) on the node, whatever comes of it, and gives what it printed. */
async function on(command: string): Promise<string> {
  if (machine === undefined) throw new Error('The machine did not start');
  const { stdout } = await machine.console.run(command, { deadlineSeconds: 120 });
  return stdout.trimEnd();
}

const ours = ['kubeos-seed.service', 'kubeos-images.service', 'kubelet.service'];

describe('the image of a node', () => {
  it('runs containerd with the images that it brings, and no kubelet, while it has no identity', async () => {
    await on('systemctl is-system-running --wait');
    const state = `systemctl is-active containerd.service ${ours.join(' ')}; systemctl --failed --no-legend`;
    expect(await on(state)).toBe('active\nactive\nactive\ninactive');
    const pinned = `'labels."io.cri-containerd.pinned"==pinned'`;
    const images = await on(
      `ctr --namespace k8s.io images list --quiet ${pinned} | grep -v ^sha256: | sort`,
    );
    expect(images).toBe(`${webImage}\nlocalhost/pause:1`);
    // Not again with the next start.
    await on('systemctl restart kubeos-images.service');
    expect(await on('journalctl --unit kubeos-images --output cat | grep -c ^unpacking')).toBe('2');
  });

  it('has units that are fenced in', async () => {
    const exposure = (unit: string): Promise<string> =>
      on(`systemd-analyze security --no-pager ${unit} | grep -o 'level.*: [0-9.]*' | tail -c 4`);
    expect(Number(await exposure('kubeos-images.service'))).toBeLessThan(2);
    expect(Number(await exposure('kubeos-seed.service'))).toBeLessThan(3);
  });

  it('takes an identity from a disk, and then starts kubelet', async () => {
    await writeSeedDisk(seedDisk, {
      ...{ hostname: 'node-7', server: 'https://10.0.2.2:1', ca: await makeCa() },
      ...{ token: 'abcdef.0123456789abcdef', podCidr: '10.88.7.0/24' },
      etc: { 'systemd/system/kubelet.service.d/x.conf': '[Service]\nEnvironment=FROM_SEED=yes\n' },
    });
    expect(await on('systemctl restart kubeos-seed.service 2>&1; hostname')).toBe('node-7');
    expect(await on('findmnt --source LABEL=KUBEOS-SEED')).toBe('');
    expect(await on('stat -c %a /etc/kubernetes/bootstrap.kubeconfig')).toBe('600');
    await on('systemctl start kubelet.service');
    const kubelet = await on('tr "\\0" " " </proc/$(systemctl show -P MainPID kubelet)/cmdline');
    expect(kubelet).toContain('--hostname-override=node-7 ');
    expect(await on('systemctl show -P Environment kubelet')).toBe('FROM_SEED=yes');
  });
});
