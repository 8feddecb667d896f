import { join } from 'node:path';
import { KubeosError, type BootFacts, type BootWhy, type Machine } from '@kubeos/core';
import { readBootAttempts } from './boot-attempts.ts';
import { readTextIfThere } from './durable-file.ts';
import type { Exec } from './exec.ts';
import { journalTail } from './journal.ts';
import { parseKernelCommandLine } from './kernel-command-line.ts';
import { prettyName } from './os-release.ts';
import type { SlotDevices } from './slot-devices.ts';

/** What the machine adapter works with. */
export interface MachineDeps {
  /** Prefix of every path, `/` on a node. */
  readonly root: string;
  readonly exec: Exec;
  readonly slots: SlotDevices;
}

const journalLines = 40;

/** The machine: files below the root prefix, and the `systemctl` and `journalctl` on PATH. */
export function createMachine(deps: MachineDeps): Machine {
  return {
    facts: () => readFacts(deps),
    uptimeSeconds: async () => Number((await required(deps.root, 'proc/uptime')).split(' ')[0]),
    reboot: async () => {
      try {
        await deps.exec('systemctl', ['reboot']);
      } catch (cause) {
        throw new KubeosError('REBOOT_FAILED', 'systemd did not accept the reboot', { cause });
      }
    },
    isRebooting: async () => {
      // Any exit code: the states that are not `running` end with another one than 0.
      const answer = await deps.exec('systemctl', ['is-system-running'], {
        okExitCodes: [0, 1, 2, 3, 4],
      });
      return answer.stdout.trim() === 'stopping';
    },
    previousJournalTail: () => lastWords(deps),
  };
}

/**
 * Only a journal that outlives the boot is evidence of it. Where the trial ended before its journal began, the one before
 * is that of the boot in which all was well; so the initrd's notes say which boot to ask for, and what became of it.
 */
async function lastWords({ root, exec }: MachineDeps): Promise<string | undefined> {
  const bootId = await required(root, 'proc/sys/kernel/random/boot_id');
  const attempts = await readBootAttempts(root, bootId);
  const boot = attempts.at(-1)?.bootId.replaceAll('-', '') ?? '-1';
  const journal = await journalTail(exec, journalLines, ['-b', boot]);
  // Last, because the end is kept where all is too long.
  const lines = [journal ?? '', ...attempts.map(({ line }) => line)].filter((line) => line !== '');
  return lines.length === 0 ? undefined : lines.join('\n');
}

async function readFacts(deps: MachineDeps): Promise<BootFacts> {
  const [bootId, commandLine, machineId, osRelease, mounted] = await Promise.all([
    required(deps.root, 'proc/sys/kernel/random/boot_id'),
    required(deps.root, 'proc/cmdline'),
    required(deps.root, 'etc/machine-id'),
    readOsRelease(deps.root),
    deps.slots.mounted(),
  ]);
  const told = parseKernelCommandLine(commandLine);
  const bootedSlot = mounted ?? told.slot;
  // A mounted root other than the one that was announced: somebody edited the boot entry by hand.
  const why: BootWhy = bootedSlot === told.slot ? told.why : 'manual';
  const facts = { bootId, why, version: prettyName(osRelease), machineId };
  return bootedSlot === undefined ? facts : { ...facts, bootedSlot };
}

async function readOsRelease(root: string): Promise<string> {
  return (
    (await readTextIfThere(join(root, 'etc/os-release'))) ??
    (await readTextIfThere(join(root, 'usr/lib/os-release'))) ??
    ''
  );
}

async function required(root: string, name: string): Promise<string> {
  const path = join(root, name);
  const text = await readTextIfThere(path);
  if (text !== undefined) return text.trim();
  throw new KubeosError('STORAGE_FAILED', `There is no ${path}`);
}
