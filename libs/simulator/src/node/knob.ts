import { slotNames, type SettingsSet, type SlotName } from '@kubeos/core';

/** File of the kernel parameters for the next boot. */
export const sysctlPath = '/etc/sysctl.conf';
/** The boot menu, with a kernel line for each slot. */
export const bootMenuPath = '/boot/grub.cfg';
/** File of what is changed before a switch. */
const limitsPath = '/etc/security/limits.conf';
/** File of the kubelet. */
export const kubeletPath = '/var/lib/kubelet/config.yaml';

/**
 * What becomes of a kubelet that starts with a value of the knob: it gets Ready, does not come up at all, or comes up and
 * never gets Ready. The value itself tells which, as a system does that is booted with a bad file.
 */
export type KnobHealth = 'ready' | 'fails' | 'neverReady';

/** What every node has at first. */
export const factoryKnob = 600;

const healths: readonly KnobHealth[] = ['ready', 'fails', 'neverReady'];

/** A value of the knob: `serial` tells sets apart. */
export function knobValue(serial: number, health: KnobHealth): number {
  return serial * 10 + healths.indexOf(health);
}

/** What a value does to the kubelet. */
export function knobHealth(value: number): KnobHealth {
  return healths[value % 10] ?? 'ready';
}

/** The files of a node that has this value: one knob in two files, so that half a change shows. */
export function knobFiles(value: number): ReadonlyMap<string, string> {
  return new Map([
    [sysctlPath, `vm.swappiness=${String(value)}\n`],
    [kubeletPath, `maxPods: ${String(value)}\n`],
    [bootMenuPath, slotNames.map(menuEntry).join('')],
    [limitsPath, 'root hard nofile 1024\n'],
  ]);
}

function menuEntry(slot: SlotName): string {
  const line = `linux /vmlinuz root=PARTLABEL=ROOT-${slot} ro quiet`;
  return `menuentry '${slot}' {\n  ${line}\n}\n`;
}

/** The value that a file holds; `undefined` when it holds none. */
export function knobIn(text: string | undefined): number | undefined {
  const digits = /(?:vm\.swappiness=|maxPods: )(\d+)/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The value that a set asks for; `undefined` when it asks for none. */
export function knobOf(set: SettingsSet | undefined): number | undefined {
  const contents: unknown = set?.configs?.[0]?.['contents'];
  const [first] = Array.isArray(contents) ? (contents as readonly { value?: unknown }[]) : [];
  return typeof first?.value === 'number' ? first.value : undefined;
}

/** A set that turns the knob. */
export function knobSet(version: string, value: number, options: KnobOptions): SettingsSet {
  const { restart, reboot = false, drift } = options;
  const line = { model: 'grub.cmdline.current', contents: [{ key: 'knob', value }] };
  const entry = (model: string, key: string) => ({ model, contents: [{ key, value }] });
  return {
    version,
    ...(drift === undefined ? {} : { drift }),
    configs: [
      entry('kernel.sysctl.persist', 'vm.swappiness'),
      { ...entry('kubernetes.kubelet', 'maxPods'), restart },
      entry('kernel.sysctl', 'vm.swappiness'),
      ...(reboot ? [{ ...line, reboot: 'ifNeeded' }] : []),
    ],
  };
}

/** A set that goes before a switch and leaves the knob alone. */
export function limitsSet(version: string): SettingsSet {
  const contents = [{ key: version, value: 'soft.nofile.4096' }];
  return { version, configs: [{ model: 'pam.limits', contents }] };
}

/** How a set turns it. */
export interface KnobOptions {
  readonly restart: boolean;
  /** Its kernel line too, tried with a reboot. */
  readonly reboot?: boolean;
  readonly drift?: SettingsSet['drift'];
}
