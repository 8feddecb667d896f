import { describe, expect, it } from '@jest/globals';
import { planSettings, readingsFor, type SettingsHome } from './plan-settings.ts';
import type { ModelRequest, SettingsRequest } from './request.ts';

const home: SettingsHome = {
  bootMenu: '/boot/grub.cfg',
  bootedSlot: 'A',
  canCopySlot: false,
  folders: {},
};

const menu = `menuentry 'A' --id KubeOS-A {
        linux /boot/vmlinuz root=PARTUUID=a ro quiet
}
menuentry 'B' --id KubeOS-B {
        linux /boot/vmlinuz root=PARTUUID=b ro
}
`;

const node: Readonly<Record<string, string>> = {
  '/boot/grub.cfg': menu,
  '/etc/sysctl.conf': 'vm.swappiness=60\n',
  '/etc/security/limits.conf': 'root hard nofile 1024\n',
};
const kernel: Readonly<Record<string, string>> = { 'vm/swappiness': '60\n' };
const readings = {
  file: (path: string) => node[path],
  kernel: (path: string) => kernel[path],
};

function entry(model: ModelRequest['model'], settings: Record<string, unknown>): ModelRequest {
  return {
    model,
    settings: Object.entries(settings).map(([key, value]) => ({ key, value })),
    restart: false,
    reboot: false,
  };
}

const request = (...models: readonly ModelRequest[]): SettingsRequest => ({
  version: 's1',
  models,
});
const plan = (...models: readonly ModelRequest[]) =>
  planSettings(request(...models), home, readings);

describe('what has to be read', () => {
  it('is each file and each parameter once', () => {
    const wanted = request(
      entry('kernel.sysctl', { 'vm.swappiness': 1, 'vm/swappiness': 2 }),
      entry('grub.cmdline.current', { a: 1 }),
      entry('grub.cmdline.next', { a: 1 }),
      entry('kubernetes.kubelet', { maxPods: 1 }),
    );
    expect(readingsFor(wanted, home)).toEqual({
      files: ['/boot/grub.cfg', '/var/lib/kubelet/config.yaml'],
      kernel: ['vm/swappiness'],
    });
  });
});

describe('a plan of all models', () => {
  it('lets later entries see what earlier ones change in the same file', () => {
    const { files, models } = plan(
      entry('grub.cmdline.current', { quiet: '', audit: 1 }),
      entry('grub.cmdline.next', { audit: 0 }),
    );
    expect(files).toEqual([
      {
        path: '/boot/grub.cfg',
        before: menu,
        after: menu
          .replace('ro quiet', 'ro quiet audit=1')
          .replace('root=PARTUUID=b ro', '$& audit=0'),
      },
    ]);
    expect(models.map(({ settings }) => settings.map(({ outcome }) => outcome))).toEqual([
      ['unchanged', 'added'],
      ['added'],
    ]);
  });

  it('lets a second entry of the kernel see what the first one sets', () => {
    const { kernel: changes, models } = plan(
      entry('kernel.sysctl', { 'vm.swappiness': 10 }),
      entry('kernel.sysctl', { 'vm.swappiness': 10 }),
    );
    expect(changes).toEqual([
      { path: 'vm/swappiness', value: '10', before: '60', askedBy: [0, 0] },
    ]);
    expect(models[1]?.settings).toMatchObject([{ outcome: 'unchanged' }]);
  });

  describe('of a kernel line with the reboot that it needs', () => {
    const rebooting = (settings: Record<string, unknown>) => ({
      ...entry('grub.cmdline.current', settings),
      reboot: true,
    });

    it('puts the whole new line into the other slot, which keeps its own root', () => {
      const wanted = request(rebooting({ audit: 1, quiet: '' }));
      expect(planSettings(wanted, { ...home, canCopySlot: true }, readings)).toMatchObject({
        reboot: true,
        rebootPending: false,
        files: [{ after: menu.replace('root=PARTUUID=b ro', '$& quiet audit=1') }],
      });
    });

    it('reboots for nothing when the running line has it', () => {
      const wanted = request(rebooting({ quiet: '' }));
      expect(planSettings(wanted, { ...home, canCopySlot: true }, readings)).toMatchObject({
        reboot: false,
        files: [],
      });
    });

    it('is made in place where no copy can be made', () => {
      expect(plan(rebooting({ audit: 1 }))).toMatchObject({
        reboot: false,
        rebootPending: true,
        files: [{ after: menu.replace('ro quiet', 'ro quiet audit=1') }],
      });
    });
  });

  it('changes no file that has what is wanted', () => {
    expect(plan(entry('kernel.sysctl.persist', { 'vm.swappiness': 60 }))).toMatchObject({
      files: [],
      rebootPending: false,
    });
  });

  it('makes a file that is not there', () => {
    const { files } = plan(entry('kubernetes.kubelet', { maxPods: 200 }));
    expect(files).toMatchObject([{ path: '/var/lib/kubelet/config.yaml' }]);
    expect(files[0]).not.toHaveProperty('before');
  });

  it('B-31: says of a setting that is refused why, and does the others', () => {
    const { models, kernel: changes } = plan(
      entry('kernel.sysctl', { 'vm.no_such': 1, 'vm.swappiness': 10 }),
    );
    expect(models[0]?.settings).toMatchObject([
      { key: 'vm.no_such', outcome: 'refused', reason: 'The kernel has no such parameter' },
      { key: 'vm.swappiness', outcome: 'set' },
    ]);
    expect(changes).toHaveLength(1);
  });

  it.each([
    ['the kernel line that runs', 'grub.cmdline.current', { audit: 1 }, true],
    ['the kernel line of the other slot', 'grub.cmdline.next', { audit: 1 }, false],
    ['parameters for the next boot', 'kernel.sysctl.persist', { 'vm.swappiness': 1 }, true],
    ['limits', 'pam.limits', { root: 'hard.nofile.2048' }, false],
  ] as const)(
    'knows whether a change of %s counts with the next boot',
    (_name, model, settings, isPending) => {
      expect(plan(entry(model, settings)).rebootPending).toBe(isPending);
    },
  );

  it('B-48: restarts a program whose file changes, if the request asks for it', () => {
    const kubelet = entry('kubernetes.kubelet', { maxPods: 200 });
    const containerd = entry('container.containerd', { version: 2 });
    expect(plan({ ...kubelet, restart: true }, containerd)).toMatchObject({
      restarts: ['kubelet.service'],
      pendingRestarts: ['containerd.service'],
    });
    // One entry that asks is enough for the program.
    expect(
      plan(kubelet, { ...entry('kubernetes.kubelet', { podPidsLimit: 5 }), restart: true }),
    ).toMatchObject({
      restarts: ['kubelet.service'],
      pendingRestarts: [],
    });
    expect(plan({ ...entry('kubernetes.kubelet', {}), restart: true })).toMatchObject({
      restarts: [],
    });
  });

  it('fails as a whole for a file that cannot be edited, and says where', () => {
    const broken = { ...readings, file: () => 'a = [\n' };
    const wanted = request(
      entry('kernel.sysctl', { 'vm.swappiness': 1 }),
      entry('container.containerd', { a: 1 }),
    );
    expect(() => planSettings(wanted, home, broken)).toThrow(
      expect.objectContaining({
        code: 'SETTINGS_UNREADABLE',
        message: expect.stringContaining('/etc/containerd/config.toml') as unknown,
      }),
    );
  });
});
