/** The settings of a node in memory: files, kernel parameters and programs, with power that can be cut at any write. */
import { KubeosError } from '../errors/index.ts';
import * as planner from '../settings/index.ts';
import type { SettingsUnit } from '../settings/index.ts';
import type { SettingsDeps } from './agent.ts';

/** Carries out a write, unless the power is off. */
export type Write = (name: string, effect: () => unknown) => Promise<void>;

/** What lies on the node; a test looks into it and changes it. */
export class MemorySettings {
  readonly files = new Map<string, string>([
    [
      '/boot/grub.cfg',
      ['A', 'B']
        .map(
          (slot) =>
            `menuentry '${slot}' {\n  linux /vmlinuz root=PARTLABEL=ROOT-${slot} ro quiet\n}\n`,
        )
        .join(''),
    ],
    ['/etc/sysctl.conf', 'vm.swappiness=60\n'],
    ['/etc/security/limits.conf', 'root hard nofile 1024\n'],
    ['/var/lib/kubelet/config.yaml', 'maxPods: 110\n'],
    ['/etc/containerd/config.toml', 'version = 2\n'],
  ]);
  readonly kernel = new Map<string, string>([
    ['vm/swappiness', '60\n'],
    ['net/ipv4/ip_forward', '0\n'],
  ]);
  stateText: string | undefined;
  readonly restarted: string[] = [];
  /** Programs that do not come up, with what is said of them. */
  readonly broken = new Map<SettingsUnit, string>();
  /** Files that cannot be written. */
  readonly readOnly = new Set<string>();
  /** Uptime at which programs were started. */
  readonly started = new Map<SettingsUnit, number>();
  /** Programs that a boot has started already. */
  readonly running = new Set<SettingsUnit>();
  /** What is wrong with a file, if anything. */
  check: (unit: SettingsUnit, text: string) => string | undefined = () => undefined;
  /** Parameters for which the kernel takes no value. */
  readonly deaf = new Set<string>();
  readFault: KubeosError | undefined;
  private readonly write: Write;

  constructor(write: Write) {
    this.write = write;
  }

  deps(): SettingsDeps {
    return {
      state: {
        read: async () => this.stateText,
        write: (text) => this.write('settings state', () => (this.stateText = text)),
      },
      files: {
        read: async (path) => {
          if (this.readFault !== undefined) throw this.readFault;
          return this.files.get(path);
        },
        writeAll: async (files) => {
          for (const { path, text } of files) {
            if (this.readOnly.has(path)) throw new KubeosError('STORAGE_FULL', `${path} is full`);
            await this.write(`file ${path}`, () =>
              text === undefined ? this.files.delete(path) : this.files.set(path, text),
            );
          }
        },
        readKernel: async (path) => this.kernel.get(path),
        writeKernel: async (path, value) => {
          if (this.deaf.has(path)) {
            throw new KubeosError('SETTINGS_REFUSED', 'The kernel takes no such value');
          }
          await this.write(`kernel ${path}`, () => this.kernel.set(path, `${value}\n`));
        },
      },
      units: {
        restart: async (unit) => {
          await this.write(`restart ${unit}`, () => this.restarted.push(unit));
          return this.broken.get(unit);
        },
        restartIfRunning: async (unit) => {
          if (this.running.has(unit)) {
            await this.write(`restart ${unit}`, () => this.restarted.push(unit));
          }
        },
        startedUptimeSeconds: async (unit) => this.started.get(unit),
        check: async (unit, text) => this.check(unit, text),
      },
      bootMenu: '/boot/grub.cfg',
      folders: {},
      planner: async () => planner,
    };
  }
}
