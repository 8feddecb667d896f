/** The main job on a real boot chain: firmware, GRUB, initrd, systemd, agent; from version 1 to 2, and back. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inShort, serveImages, slotState, VmNode, type ImageServer } from '@kubeos/vm';
import { newKernelOption, payloadOf, testImages, type TestImages } from './test-images.fixture.ts';

const gib = 2 ** 30;
let images: TestImages;
let server: ImageServer;
let node: VmNode;

beforeAll(async () => {
  images = await testImages();
  server = await serveImages(images.folder);
  node = await VmNode.boot({ ...images, name: 'upgrade', sizeBytes: 6 * gib });
}, 900_000);

afterAll(async () => {
  await node.dispose();
  await server.close();
});

describe('kbimg', () => {
  it('B-76: gives the same bytes for the same input', () => {
    expect(images.secondAgain).toEqual(images.second);
    expect(images.container.rootFileSystem).toEqual(images.second.rootFileSystem);
    expect(images.container.containerImage).toMatchObject({
      reference: 'docker.io/library/kubeos:2',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/u) as unknown,
    });
  });
});

describe('a node that was never upgraded', () => {
  it('runs version 1 from slot A, and nothing lies in slot B', async () => {
    const status = await node.status();
    expect(inShort(status)).toBe('A good KubeOS 1');
    expect([status.bootWhy, slotState(status, 'B')]).toEqual(['good', 'empty']);
    expect(status.warnings).toEqual([]);
  });

  it('names itself as upstream does', async () => {
    const lines = (await node.run('cat /etc/os-release')).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'NAME="KubeOS"',
        'ID=kubeos',
        'PRETTY_NAME="KubeOS 1"',
        'VERSION_ID=1',
      ]),
    );
  });

  it('has a root that cannot be written, and state that can', async () => {
    expect(await node.run('findmnt -no OPTIONS /')).toMatch(/^ro,/u);
    expect(await node.run('touch /usr/x 2>/dev/null || echo refused')).toBe('refused');
    expect(await node.run('findmnt -no FSTYPE /etc; findmnt -no FSTYPE /persist')).toBe(
      'overlay\next4',
    );
    expect(await node.run('findmnt -no SOURCE /var')).toMatch(/\[\/var\]$/u);
  });

  it('B-75: has grown PERSIST to the end of its disk', async () => {
    // 6 GiB less ESP and two roots of 1 GiB; the image has 1 GiB less of it.
    const bytes = Number(await node.run('df -B1 --output=size /persist | tail -1'));
    expect(bytes).toBeGreaterThan(3.6 * gib);
  });

  it('has everything that its recipe asked for', async () => {
    expect(await node.run('id -un ada && id -nG ada')).toBe('ada\nada games');
    expect(await node.run('cat /usr/share/chroot-marker')).toBe('made-in-chroot');
    expect(await node.run('test -d /persist/data/cache && echo there')).toBe('there');
    expect(await node.run('ls /chroot.sh 2>/dev/null || echo gone')).toBe('gone');
    expect(await node.run('systemctl is-active agent-bridge.socket')).toBe('active');
  });

  it('starts nothing that fails', async () => {
    expect(await node.run('systemctl is-system-running --wait || true')).toBe('running');
    expect(await node.run('systemctl --failed --no-legend --plain')).toBe('');
  });

  it('B-63: has an identity that was not in the image', async () => {
    expect(await node.run('cat /etc/machine-id')).toMatch(/^[0-9a-f]{32}$/u);
    expect(await node.run('ls /persist/etc/ssh/ssh_host_ed25519_key')).toContain('ed25519');
  });

  it('keeps the agent away while nobody calls', async () => {
    expect(await node.run('systemctl is-active os-agent.socket')).toBe('active');
    expect(await node.run('stat -c "%a %U %G" /run/os-agent/os-agent.sock')).toBe(
      '660 root kubeos',
    );
    expect(await node.run('readlink /proc/$(pgrep -o -f os-agent.cjs || echo self)/exe')).toMatch(
      /^\/usr\/(lib\/kubeos\/node|bin\/)/u,
    );
  });
});

describe('the units of the agent', () => {
  // From 0 (nothing is left to attack) to 10. What is left is the work itself: block devices, mounts, any file of any
  // user, the network.
  it.each(['', '-boot', '-return', '-deadline', '-drift'])(
    'os-agent%s.service is as hardened as its work allows',
    async (name) => {
      const unit = `os-agent${name}.service`;
      const { stdout, exitCode } = await node.machine.console.run(
        `systemd-analyze security --no-pager --threshold=36 ${unit}`,
      );
      expect([exitCode, stdout.trim().split('\n').at(-1)]).toEqual([
        0,
        expect.stringContaining(' OK '),
      ]);
    },
  );
});

describe('a machine without EFI', () => {
  it('B-47: boots the same disk, with the same files of the boot loader in the same place', async () => {
    const old = await VmNode.boot({ ...images, name: 'bios', firmware: 'bios' });
    try {
      expect(inShort(await old.status())).toBe('A good KubeOS 1');
      expect(await old.run('ls -d /sys/firmware/efi 2>/dev/null || echo none')).toBe('none');
      expect(await old.run('ls /boot/efi/EFI/openEuler')).toBe('grub.cfg\ngrubenv');
      // No two nodes of one image are the same.
      expect(await old.run('cat /etc/machine-id')).not.toBe(await node.run('cat /etc/machine-id'));
    } finally {
      await old.dispose();
    }
  }, 400_000);
});

/** What systemd does when `multi-user.target` is not reached, and when. */
async function startLimit(): Promise<string> {
  const show = (name: string): Promise<string> =>
    node.run(`systemctl show multi-user.target --value -p ${name}`);
  return `${await show('JobTimeoutUSec')} ${await show('JobTimeoutAction')}`;
}

describe('an upgrade and a rollback', () => {
  let machineId: string;
  let hostKey: string;

  it('goes to version 2 on trial, and keeps it when it is confirmed', async () => {
    machineId = await node.run('cat /etc/machine-id');
    hostKey = await node.run('sha256sum < /etc/ssh/ssh_host_ed25519_key');
    await node.put('/etc/KubeOS/certs/test-ca.pem', server.ca);
    await node.run('echo kept > /persist/marker; echo kept > /var/lib/marker; sync');
    const upgrade = {
      seq: 1,
      version: images.upgrade.version,
      payload: payloadOf(server, images.upgrade),
    };
    const prepared = await node.prepare(upgrade);
    expect(prepared).toMatchObject({ result: 'Prepared', slot: 'B' });
    expect(inShort(await node.status())).toBe('A good KubeOS 1');
    await node.activate(upgrade, prepared);
    const trial = await node.isUp(2);
    expect(inShort(trial)).toBe('B trial KubeOS 2');
    expect(trial.bootWhy).toBe('trial');
    // A system whose services never come up costs an attempt, too; three times the margin of the watchdog.
    expect(await startLimit()).toBe('6min reboot-force');
    expect(await node.confirm('upgrade', 1)).toMatchObject({ result: 'Committed' });
    const status = await node.status();
    expect(inShort(status)).toBe('B good KubeOS 2');
    expect(slotState(status, 'A')).toBe('good');
  }, 600_000);

  it('kept data and identity', async () => {
    expect(await node.run('cat /persist/marker /var/lib/marker')).toBe('kept\nkept');
    expect(await node.run('cat /etc/machine-id')).toBe(machineId);
    expect(await node.run('sha256sum < /etc/ssh/ssh_host_ed25519_key')).toBe(hostKey);
    expect(await node.run('. /etc/os-release; echo $PRETTY_NAME')).toBe('KubeOS 2');
  });

  it('B-57: brought the kernel options of its image', async () => {
    expect(await node.run('cat /proc/cmdline')).toContain(newKernelOption);
  });

  it('stays in version 2 when power is cut', async () => {
    await node.machine.powerCut();
    await node.machine.start();
    expect(inShort(await node.isUp(2))).toBe('B good KubeOS 2');
    // A good slot that is slow today is not rebooted for ever.
    expect(await startLimit()).toBe('infinity none');
  }, 400_000);

  it('goes back to version 1', async () => {
    await node.rollback(2, 'KubeOS 1');
    expect(inShort(await node.isUp(1))).toBe('A trial KubeOS 1');
    expect(await node.confirm('rollback', 2)).toMatchObject({ result: 'Committed' });
    expect(inShort(await node.status())).toBe('A good KubeOS 1');
    expect(await node.run('cat /persist/marker')).toBe('kept');
    expect(await node.run('cat /proc/cmdline')).not.toContain(newKernelOption);
  }, 400_000);

  it('told nobody of failures on its way down', () => {
    expect(node.machine.console.text()).not.toContain('Failed unmounting');
  });
});
