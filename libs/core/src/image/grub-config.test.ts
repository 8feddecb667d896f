import { describe, expect, it } from '@jest/globals';
import type { SlotName } from '../api/operation.ts';
import type { Setting } from '../settings/setting.ts';
import { planCopiedLine, planKernelLine } from '../settings/grub-cmdline/index.ts';
import { readTokens } from '../settings/grub-cmdline/lexer.ts';
import { lineOf, parseGrubConfig } from '../settings/grub-cmdline/parse.ts';
import { renderEarlyConfig, renderGrubConfig } from './grub-config.ts';

const partUuids = {
  A: 'aaaaaaaa-0000-8000-8000-000000000001',
  B: 'bbbbbbbb-0000-8000-8000-000000000002',
};
const config = renderGrubConfig({ partUuids });

/** The lines of the file that differ, as the text removed and the text put in their place. */
function changes(after: string): readonly (readonly [string, string])[] {
  const lines = after.split('\n');
  return config.split('\n').flatMap((line, index) => {
    const other = lines[index] ?? '';
    return line === other ? [] : [[line.trim(), other.trim()] as const];
  });
}

function plannedText(plan: ReturnType<typeof planKernelLine>): string {
  if (plan.kind === 'unreadable') throw new Error(plan.message);
  return plan.text ?? '';
}

function kernelLine(slot: SlotName): string {
  const line = config.split('\n').find((text) => text.includes(`kubeos.slot=${slot}`));
  return line?.trim() ?? '';
}

describe('renderGrubConfig', () => {
  it('has one kernel line for each slot, which the models of settings find', () => {
    const parsed = parseGrubConfig(config);
    if (parsed.kind === 'unreadable') throw new Error(parsed.message);
    for (const slot of ['A', 'B'] as const) {
      const { path, args } = lineOf(parsed.config, slot);
      expect(path.text).toBe('/boot/vmlinuz');
      expect(args[0]?.text).toBe(`root=PARTUUID=${partUuids[slot]}`);
    }
    expect(config.match(/^\s*linux /gm)).toHaveLength(2);
    expect(parsed.config.lines[0].slot).toBe('A');
  });

  it.each(['A', 'B'] as const)('lets settings change the kernel line of %s alone', (slot) => {
    const settings: readonly Setting[] = [
      { key: 'panic', value: '30' },
      { key: 'audit' },
      { key: 'quiet', operation: 'delete' },
    ];
    const after = plannedText(planKernelLine(config, slot, settings));
    expect(changes(after)).toEqual([
      [
        kernelLine(slot),
        `${kernelLine(slot).replace(' quiet', '').replace('panic=5', 'panic=30')} audit`,
      ],
    ]);
  });

  it('lets settings copy the line of a slot, which keeps partition and name of the other', () => {
    const after = plannedText(planCopiedLine(config, 'A', [{ key: 'audit', value: '1' }]));
    const [[before, changed] = ['', '']] = changes(after);
    expect(changes(after)).toHaveLength(1);
    expect(before).toBe(kernelLine('B'));
    expect(changed).toContain(`root=PARTUUID=${partUuids.B} `);
    expect(changed).toContain(' kubeos.slot=B ');
    expect(changed).not.toContain('kubeos.slot=A');
    expect(changed).toContain(' audit=1');
  });

  it.each(['kubeos.why', 'kubeos.slot', 'root'])('does not let settings change %s', (key) => {
    const plan = planKernelLine(config, 'A', [{ key, value: 'x' }]);
    expect(plan).toMatchObject({ settings: [{ outcome: 'refused' }], text: config });
  });

  it('B-57: lets the options of the image in the slot come before those of the node', () => {
    expect(kernelLine('A')).toMatch(/root=\S+ \$kubeos_image_args ro .* \$kubeos_trial_args$/);
    expect(config).toContain('source /boot/kubeos.cfg');
  });

  it('is one function and nothing else, so that a part of it does nothing', () => {
    const code = config.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line));
    expect(code.filter((line) => !line.startsWith(' '))).toEqual(['function kubeos_menu {', '}']);
  });

  it('asks for the password of its hash', () => {
    expect(config).toContain('set GRUB2_PASSWORD=""\n');
    const guarded = renderGrubConfig({ partUuids, passwordHash: 'grub.pbkdf2.sha512.1.AB.CD' });
    expect(guarded).toContain('set GRUB2_PASSWORD="grub.pbkdf2.sha512.1.AB.CD"\n');
  });

  it('takes the times that it is given', () => {
    const text = renderGrubConfig({
      partUuids,
      watchdogSeconds: 77,
      menuSeconds: 9,
      restartSeconds: 8,
    });
    expect(text).toContain('kubeos.watchdog=77"');
    expect(text).toContain('sleep --interruptible 9;');
    expect(text).toContain('sleep --interruptible 8;');
  });
});

describe('renderEarlyConfig', () => {
  it('tries the menu, its copy, and the one that is built in', () => {
    const early = renderEarlyConfig('(memdisk)/menu');
    expect(early).toContain(
      'for kubeos_file in "$kubeos_dir/grub.cfg" "$kubeos_dir/grub.cfg.bak" "(memdisk)/menu"; do',
    );
    expect(readTokens(early)).toBeInstanceOf(Array);
  });
});
