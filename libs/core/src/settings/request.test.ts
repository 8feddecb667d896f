import { describe, expect, it } from '@jest/globals';
import { readSettings, swapSlots } from './request.ts';

const contents = [{ key: 'k', value: 1 }];

describe('reading a set of settings', () => {
  it('keeps the order and leaves out entries without settings', () => {
    const set = {
      version: 's1',
      configs: [
        { model: 'kernel.sysctl', contents },
        { model: 'not a model' },
        {
          model: 'pam.limits',
          configpath: '/etc/security/limits.d/a.conf',
          contents: [{ key: 'root' }],
        },
      ],
    };
    expect(readSettings(set, 'spec.sysconfigs')).toEqual({
      request: {
        version: 's1',
        models: [
          {
            model: 'kernel.sysctl',
            settings: [{ key: 'k', value: 1, operation: '' }],
            restart: false,
            reboot: false,
          },
          {
            model: 'pam.limits',
            path: '/etc/security/limits.d/a.conf',
            settings: [{ key: 'root', operation: '' }],
            restart: false,
            reboot: false,
          },
        ],
      },
      problems: [],
      warnings: [],
    });
  });

  it('takes a set without a version or entries for an empty one', () => {
    expect(readSettings({}, 'spec.sysconfigs').request).toEqual({ version: '', models: [] });
  });

  it('reads when to restart and to reboot', () => {
    const set = {
      configs: [
        { model: 'kubernetes.kubelet', restart: true, contents },
        { model: 'grub.cmdline.current', reboot: 'ifNeeded', contents },
      ],
    };
    expect(readSettings(set, 'spec.sysconfigs').request?.models).toMatchObject([
      { restart: true, reboot: false },
      { restart: false, reboot: true },
    ]);
  });

  it.each([
    [
      'an unknown model',
      { model: 'kernel.sysctrl' },
      '.model',
      'there is no model "kernel.sysctrl"',
    ],
    ['no model', {}, '.model', 'there is no model ""'],
    [
      'a word that is no boolean',
      { model: 'pam.limits', restart: 'yes' },
      '',
      'is not an entry of settings',
    ],
  ])('refuses %s', (_name, entry, at, message) => {
    const set = { configs: [{ ...entry, contents }] };
    expect(readSettings(set, 'spec.sysconfigs')).toEqual({
      problems: [{ path: `spec.sysconfigs.configs[0]${at}`, message }],
      warnings: [],
    });
  });

  it.each([
    [
      "upstream's spelling",
      { model: 'kuberntes.kubelet' },
      'model',
      'is read as "kubernetes.kubelet"',
    ],
    [
      'a file where there is none',
      { model: 'kernel.sysctl', configpath: '/x' },
      'configpath',
      'is not used',
    ],
    ['a restart of nothing', { model: 'pam.limits', restart: true }, 'restart', 'is not used'],
    [
      'a reboot for what is not tried with one',
      { model: 'kernel.sysctl.persist', reboot: 'ifNeeded' },
      'reboot',
      'is not used',
    ],
  ])('warns of %s', (_name, entry, member, message) => {
    const read = readSettings({ configs: [{ ...entry, contents }] }, 'spec.sysconfigs');
    expect(read.problems).toEqual([]);
    expect(read.warnings).toEqual([
      {
        path: `spec.sysconfigs.configs[0].${member}`,
        message: expect.stringContaining(message) as unknown,
      },
    ]);
  });
});

describe('B-16: the set as it is after the switch', () => {
  it('has the kernel command lines swapped and nothing else', () => {
    const set = {
      version: 's1',
      configs: [
        { model: 'grub.cmdline.current', contents },
        { model: 'grub.cmdline.next', contents },
        { model: 'pam.limits', contents },
        { contents },
      ],
    };
    const swapped = swapSlots(set);
    expect(swapped.configs?.map(({ model }) => model)).toEqual([
      'grub.cmdline.next',
      'grub.cmdline.current',
      'pam.limits',
      undefined,
    ]);
    expect(swapSlots(swapped)).toEqual(set);
  });

  it('of a set without entries is the set', () => {
    expect(swapSlots({ version: 's1' })).toEqual({ version: 's1' });
  });
});
