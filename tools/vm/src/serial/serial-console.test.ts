import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { SerialConsole } from './serial-console.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('what the console says', () => {
  let sent = '';
  let serial = new SerialConsole({ write: () => undefined, note: () => undefined });
  beforeEach(() => {
    sent = '';
    serial = new SerialConsole({ write: (text) => void (sent += text), note: () => undefined });
    serial.begin();
  });

  it('is found in the order in which it came, whatever the pieces', async () => {
    serial.push(bytes('one\r\ntwo\r\nth'));
    expect((await serial.expect('one')).index).toBe(0);
    expect((await serial.expect(/t(?<rest>\w+)/u)).groups?.['rest']).toBe('wo');
    const three = serial.expect('three');
    serial.push(bytes('ree\r\n'));
    await three;
    expect(serial.pending()).toBe('\n');
    expect(serial.text()).toBe('one\ntwo\nthree\n');
  });

  it('is told when it is not what was waited for', async () => {
    serial.push(bytes('GRUB\r\nKernel panic\r\n'));
    await expect(serial.expect('login:', { deadlineSeconds: 0.01 })).rejects.toMatchObject({
      code: 'COMMAND_TIMEOUT',
      message: expect.stringMatching(
        /"login:".*0\.01 s\nThe console.*\n {2}GRUB\n {2}Kernel panic$/su,
      ),
    });
  });

  it('ends with the machine', async () => {
    const waiting = serial.expect('login:');
    serial.push(bytes('bye\r\n'));
    serial.end('QEMU was ended by SIGKILL');
    await expect(waiting).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringMatching(/SIGKILL(?:.|\n)*bye/u),
    });
    serial.begin();
    const next = serial.expect('login:');
    serial.push(bytes('login: '));
    await next;
  });

  it('is forgotten after a snapshot was loaded', async () => {
    serial.push(bytes('before '));
    serial.forget();
    serial.push(bytes('after'));
    expect(serial.pending()).toBe('after');
  });

  it('keeps its end', async () => {
    const line = `${'x'.repeat(1024 * 1024 - 1)}\n`;
    for (let count = 0; count < 8; count += 1) serial.push(bytes(line));
    serial.push(bytes('the end'));
    await serial.expect('the end');
    expect(serial.text().length).toBe(4 * 1024 * 1024);
    serial.push(bytes('more'));
    expect(serial.pending()).toBe('more');
  });

  it('asks for name and password', async () => {
    const login = serial.login('root', 'secret', { deadlineSeconds: 10 });
    serial.push(bytes('[    1.000000] random: ready\r\nnode login: '));
    await turn();
    expect(sent).toBe('root\n');
    serial.push(bytes('root\r\nPassword: '));
    await turn();
    expect(sent).toContain('root\nsecret\n');
    serial.push(bytes('\r\nLogin incorrect\r\n'));
    await expect(login).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('a command', () => {
  let folder = '';
  let shell: ChildProcess | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeos-console-'));
  });
  afterEach(async () => {
    shell?.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  // A shell stands for the guest; what it says may be changed on its way.
  function connect(change: (text: string) => string = (text) => text): SerialConsole {
    const child = spawn('sh', [], { stdio: ['pipe', 'pipe', 'ignore'], cwd: folder });
    shell = child;
    const serial = new SerialConsole({
      write: (text) => void child.stdin.write(text.replaceAll('/run/', `${folder}/`)),
      note: () => undefined,
    });
    serial.begin();
    child.stdout.on('data', (data: Buffer) => serial.push(bytes(change(data.toString()))));
    return serial;
  }

  it('gives its output and its exit status', async () => {
    const serial = connect();
    await serial.shell();
    expect(await serial.run('echo "a b"; echo \'$x\' >&2; exit 3')).toEqual({
      stdout: 'a b\n',
      stderr: '$x\n',
      exitCode: 3,
    });
    expect(await serial.run('true')).toEqual({ stdout: '', stderr: '', exitCode: 0 });
  });

  it('may be long, and have long output', async () => {
    const serial = connect();
    const { stdout } = await serial.run(`echo '${'x'.repeat(5000)}'; seq 1 20000`);
    expect(stdout.startsWith(`${'x'.repeat(5000)}\n1\n2\n`)).toBe(true);
    expect(stdout.endsWith('\n20000\n')).toBe(true);
  });

  it('is not disturbed by what the kernel says', async () => {
    let count = 0;
    const serial = connect((text) =>
      text.replaceAll(/[aeiou]/gu, (letter) => {
        count += 1;
        return count % 7 === 0 ? `${letter}[   12.345678] eth0: link is up\r\n` : letter;
      }),
    );
    expect((await serial.run('seq 1 500')).stdout).toMatch(/^1\n2\n(?:.|\n)*\n500\n$/u);
    expect(count).toBeGreaterThan(7);
  });

  it('leaves files in the guest only until the next one', async () => {
    const serial = connect();
    await serial.run('true');
    const { stdout } = await serial.run(`ls ${folder}`);
    const names = stdout.split('\n').filter((name) => name !== '');
    expect(new Set(names.map((name) => name.split('.')[0])).size).toBe(1);
  });

  it('that does not end is given up', async () => {
    const serial = connect();
    await expect(serial.run('sleep 60', { deadlineSeconds: 0.5 })).rejects.toMatchObject({
      code: 'COMMAND_TIMEOUT',
    });
  });
});
