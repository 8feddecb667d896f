import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import type { Machine, MachineOptions } from './contract.ts';
import { createMachine, startMachine, withMachine } from './start-machine.ts';
import { findImageTools } from './tools/image-tools.ts';
import { writeTinyDisk } from './tiny-disk.fixture.ts';

let folder = '';
let image = '';
const machines: Machine[] = [];
beforeAll(async () => {
  await findImageTools();
  folder = await mkdtemp(join(tmpdir(), 'vm-test-'));
  image = join(folder, 'tiny.img');
  await writeTinyDisk(image);
}, 900_000);
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.dispose();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(options: Partial<MachineOptions> = {}): Promise<Machine> {
  const disk = { file: image };
  const machine = await startMachine({ firmware: 'bios', memoryMib: 64, disk, ...options });
  machines.push(machine);
  return machine;
}

/** Types a letter, and waits for the number that answers it. */
async function type({ console }: Machine, letter: string): Promise<number> {
  console.send(letter);
  return Number((await console.expect(/(\d)\n/u, { deadlineSeconds: 20 }))[1]);
}

const numberOnDisk = async (file: string): Promise<number> =>
  Number((await readFile(file)).toString('latin1', 512, 513));

describe('a machine', () => {
  it('goes back to a snapshot, with memory and disk', async () => {
    const machine = await start();
    await machine.console.expect('ready');
    expect(await type(machine, '+')).toBe(1);
    expect(await type(machine, 's')).toBe(1);
    await machine.saveSnapshot('one');
    expect(await type(machine, '+')).toBe(2);
    expect(await type(machine, 's')).toBe(2);
    const { pid } = machine;
    await machine.loadSnapshot('one');
    // The same process would not take the processor's counter of time back.
    expect(machine.pid).not.toBe(pid);
    expect(await type(machine, '+')).toBe(2);
    expect(await type(machine, 'l')).toBe(1);
    // And again in another QEMU.
    await machine.powerCut();
    expect(machine.isOn()).toBe(false);
    await machine.start({ snapshot: 'one' });
    expect(await type(machine, '+')).toBe(2);
    expect(machine.console.pending()).toBe('');
    await expect(machine.loadSnapshot('two')).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
    expect(machine.isOn()).toBe(false);
    // The image itself is as it was.
    expect(await numberOnDisk(image)).toBe(0);
  });

  it('goes on where another one was saved, with a disk of its own', async () => {
    const first = await start();
    await first.console.expect('ready');
    await type(first, '+');
    await type(first, 's');
    await first.saveSnapshot('one');
    await expect(start({ copyOf: first })).rejects.toMatchObject({ code: 'BUG' });
    await first.powerCut();
    const second = await start({ copyOf: first });
    await second.loadSnapshot('one');
    expect(await type(second, '+')).toBe(2);
    await type(second, 's');
    await first.start({ snapshot: 'one' });
    expect(await type(first, 'l')).toBe(1);
  });

  it('keeps what was written over a cut of power', async () => {
    const file = join(folder, 'own.img');
    await writeTinyDisk(file);
    const machine = await start({ disk: { file, isWrittenInPlace: true } });
    await machine.console.expect('ready');
    await type(machine, '+');
    await type(machine, 's');
    const { pid } = machine;
    const waiting = machine.console.expect('never');
    await Promise.all([
      machine.powerCut(),
      expect(waiting).rejects.toMatchObject({ code: 'COMMAND_FAILED' }),
    ]);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(await numberOnDisk(file)).toBe(1);
    await machine.start();
    await machine.console.expect('ready');
    expect(await type(machine, 'l')).toBe(1);
  });

  it('tells of resets and of its end', async () => {
    const machine = await start();
    await machine.console.expect('ready');
    const after = machine.events.length;
    machine.console.send('r');
    const reset = await machine.waitForEvent('RESET', { after, deadlineSeconds: 20 });
    expect(reset.data).toMatchObject({ guest: true });
    await machine.console.expect('ready');
    await machine.reset();
    await machine.console.expect('ready');
    machine.console.send('p');
    expect(await machine.waitForExit({ deadlineSeconds: 20 })).toBe(0);
    expect(machine.events.map(({ event }) => event)).toContain('SHUTDOWN');
    expect(await machine.stop()).toBe(true);
    await expect(machine.reset()).rejects.toThrow('The machine is off');
    await machine.start();
    await machine.console.expect('ready');
  });

  it('loses its power when it does not heed the button', async () => {
    const machine = await start();
    await machine.console.expect('ready');
    expect(await machine.stop({ deadlineSeconds: 0.2 })).toBe(false);
    expect(machine.isOn()).toBe(false);
  });

  it('is reached on ports of its own, the same after a cut of power', async () => {
    const [one, two] = await Promise.all([start(), start({ guestPorts: [22, 9000] })]);
    const ports = [one.hostPort(9000), two.hostPort(22), two.hostPort(9000)];
    expect(new Set(ports).size).toBe(3);
    await reach(ports[0]);
    await one.powerCut();
    await expect(reach(ports[0])).rejects.toThrow();
    await one.start();
    expect(one.hostPort(9000)).toBe(ports[0]);
    await reach(ports[0]);
    expect(() => one.hostPort(22)).toThrow('port 22');
  });

  it('starts OVMF, and goes back to a snapshot of it', async () => {
    const machine = await start({ firmware: 'uefi', memoryMib: 128 });
    await machine.console.expect('BdsDxe');
    await machine.saveSnapshot('firmware');
    await machine.loadSnapshot('firmware');
    const after = machine.events.length;
    await machine.reset();
    await machine.waitForEvent('RESET', { after: after - 1 });
    await machine.console.expect('BdsDxe');
  });

  it('in the background gives way, whichever of the two priorities the kernel counts', async () => {
    const { pid } = await start({ isInBackground: true });
    expect(getPriority(pid)).toBe(5);
    const session = await readFile(`/proc/${pid}/autogroup`, 'utf8').catch(() => 'none');
    expect(session).toMatch(/^(none|\/autogroup-\d+ nice 5\n)$/u);
  });

  it('that cannot start says why', async () => {
    const starting = start({ extraArguments: ['-device', 'no-such-device'] });
    await expect(starting).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringContaining('no-such-device'),
    });
    await expect(start({ disk: { file: '/no/such/disk' } })).rejects.toThrow('/no/such/disk');
  });
});

async function reach(port = 0): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    // Nobody answers in that guest; where there is none, the connection ends.
    const ended = once(socket, 'close').then(() => Promise.reject(new Error('refused')));
    await Promise.race([ended, delay(200)]);
  } finally {
    socket.destroy();
  }
}

describe('nothing is left', () => {
  it('of a machine that was disposed of', async () => {
    const machine = await start();
    const { pid } = machine;
    await machine.dispose();
    await machine.dispose();
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(existsSync(machine.folder)).toBe(false);
  });

  it('running when the signal ends it', async () => {
    const stop = new AbortController();
    const machine = await start({ signal: stop.signal });
    stop.abort();
    expect(await machine.waitForExit({ deadlineSeconds: 10 })).toBeNull();
    await expect(machine.start()).rejects.toThrow();
  });

  it('of a start that failed', async () => {
    const name = 'never-starts';
    await expect(start({ name, extraArguments: ['-no-such-option'] })).rejects.toThrow();
    const folders = await readdir(tmpdir());
    expect(folders.filter((folderName) => folderName.startsWith(`vm-${name}-`))).toEqual([]);
  });

  it('running when its owner is killed', async () => {
    const source = `
      import { startMachine } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
      const machine = await startMachine({ firmware: 'bios', disk: { file: ${JSON.stringify(image)} } });
      console.log(machine.pid);
      setInterval(() => undefined, 1000);
    `;
    const args = ['--conditions=@kubeos/source', '--input-type=module', '--eval', source];
    const owner = spawn(process.execPath, args, {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(owner, 'exit').then(() => Promise.reject(new Error('The owner ended')));
    const [line] = (await Promise.race([once(owner.stdout, 'data'), gone])) as [Buffer];
    gone.catch(() => undefined);
    const qemu = `/proc/${Number(line.toString())}`;
    expect(existsSync(qemu)).toBe(true);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    const deadline = performance.now() + 10_000;
    while (existsSync(qemu) && performance.now() < deadline) await delay(20);
    expect(existsSync(qemu)).toBe(false);
  });
});

describe('the log of a machine', () => {
  const before = process.env['KUBEOS_LOG_FOLDER'];
  beforeAll(() => {
    process.env['KUBEOS_LOG_FOLDER'] = folder;
  });
  afterAll(() => {
    if (before === undefined) delete process.env['KUBEOS_LOG_FOLDER'];
    else process.env['KUBEOS_LOG_FOLDER'] = before;
  });

  it('is kept when something failed, with what was done between', async () => {
    const failing = withMachine({ firmware: 'bios', disk: { file: image } }, async (machine) => {
      await machine.console.expect('ready');
      await machine.reset();
      await machine.console.expect('ready');
      throw new Error('not as expected');
    });
    await expect(failing).rejects.toThrow(/not as expected\nThe log of the machine is \S+\.log$/u);
    const [name = ''] = (await readdir(folder)).filter((file) => file.endsWith('.log'));
    const log = await readFile(join(folder, name), 'utf8');
    expect(log).toMatch(
      />>> power on(?:.|\n|\r)*ready(?:.|\n|\r)*>>> reset button(?:.|\n|\r)*ready/u,
    );
  });

  it('is there for a machine that was never on', async () => {
    const machine = await createMachine({ firmware: 'bios' });
    machines.push(machine);
    await expect(machine.waitForExit()).rejects.toThrow('never on');
    expect(await readFile(await machine.keepLog(), 'utf8')).toBe('');
  });
});
