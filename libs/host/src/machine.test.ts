import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KubeosError, type Machine, type SlotName } from '@kubeos/core';
import type { Exec } from './exec.ts';
import { createMachine } from './machine.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'machine-'));
  await put('proc/sys/kernel/random/boot_id', 'boot-1\n');
  await put('proc/cmdline', 'quiet kubeos.slot=B kubeos.why=trial\n');
  await put('proc/uptime', '12.34 5.67\n');
  await put('etc/machine-id', 'machine-1\n');
  await put('usr/lib/os-release', 'PRETTY_NAME="KubeOS 2.0"\n');
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

function machine(
  answer: string | KubeosError,
  mounted?: SlotName,
  asked: (readonly string[])[] = [],
): Machine {
  const exec: Exec = async (_, args) => {
    asked.push(args);
    if (answer instanceof KubeosError) throw answer;
    return { stdout: answer, stderr: '', exitCode: 0 };
  };
  const slots = {
    find: async () => ({ path: '/dev/null', sizeBytes: 0 }),
    mounted: async () => mounted,
  };
  return createMachine({ root, exec, slots });
}

describe('machine', () => {
  it('tells what is running from the files below its root', async () => {
    expect(await machine('').facts()).toEqual({
      bootId: 'boot-1',
      bootedSlot: 'B',
      why: 'trial',
      version: 'KubeOS 2.0',
      machineId: 'machine-1',
    });
    expect(await machine('').uptimeSeconds()).toBe(12.34);
  });

  it('believes the mounted root more than the command line', async () => {
    expect(await machine('', 'A').facts()).toMatchObject({ bootedSlot: 'A', why: 'manual' });
    expect(await machine('', 'B').facts()).toMatchObject({ bootedSlot: 'B', why: 'trial' });
  });

  it('leaves the slot open when neither tells', async () => {
    await put('proc/cmdline', 'quiet');
    const facts = await machine('').facts();
    expect(facts).not.toHaveProperty('bootedSlot');
    expect(facts.why).toBe('unknown');
  });

  it('says which file is missing', async () => {
    await rm(join(root, 'etc/machine-id'));
    await expect(machine('').facts()).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('etc/machine-id'),
    });
  });

  const failed = new KubeosError('COMMAND_FAILED', 'no systemd');

  it('reports a reboot that was not accepted', async () => {
    await machine('').reboot();
    await expect(machine(failed).reboot()).rejects.toMatchObject({ code: 'REBOOT_FAILED' });
  });

  it.each([
    ['stopping\n', true],
    ['running\n', false],
    ['degraded\n', false],
  ])('knows from %j whether the system goes down', async (state, goingDown) => {
    expect(await machine(state).isRebooting()).toBe(goingDown);
  });

  it('gives the journal of the boot before where there is one', async () => {
    expect(await machine('last words\n').previousJournalTail()).toBe('last words');
    expect(await machine('').previousJournalTail()).toBeUndefined();
    expect(await machine(failed).previousJournalTail()).toBeUndefined();
  });

  describe('after a trial that the initrd has noted', () => {
    const noted = (bootId: string, slot: string, why: string): string =>
      `2026-01-02T03:04:05Z ${bootId} ${slot} ${why} hands over to /usr/lib/systemd/systemd`;
    const earlier = noted('boot-0', 'B', 'trial');
    const before = noted('boot-a', 'A', 'good');
    const first = noted('boot-b', 'B', 'trial');
    const failure = '2026-01-02T03:05:06Z boot-c B trial failed: the root has no systemd';
    const now = noted('boot-1', 'A', 'good');

    it('tells of its boots, and asks for the journal of the last one', async () => {
      await put('persist/kubeos/boots', [earlier, before, first, failure, now, ''].join('\n'));
      const asked: (readonly string[])[] = [];
      const node = machine('last words\n', 'A', asked);
      expect(await node.previousJournalTail()).toBe(`last words\n${first}\n${failure}`);
      expect(asked).toEqual([expect.arrayContaining(['-b', 'bootc'])]);
    });

    it('tells of them also without a journal of theirs', async () => {
      await put('persist/kubeos/boots', `${before}\n${failure}\n${now}\n`);
      expect(await machine(failed).previousJournalTail()).toBe(failure);
    });

    it('takes no boot of an earlier trial for one of this', async () => {
      await put('persist/kubeos/boots', `${earlier}\n${before}\n${now}\ncut o`);
      expect(await machine('last words\n').previousJournalTail()).toBe('last words');
    });
  });
});
