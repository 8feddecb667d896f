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

function machine(answer: string | KubeosError, mounted?: SlotName): Machine {
  const exec: Exec = async () => {
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
});
