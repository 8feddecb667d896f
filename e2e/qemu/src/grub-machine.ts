/** Machines that end with their boot loader, or with the kernel of a few bytes that it starts. */
import { once } from 'node:events';
import { constants, openSync } from 'node:fs';
import { copyFile, open, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { KubeosError } from '@kubeos/core';
import { exec, startChild } from '@kubeos/host';
import type { ImageTools } from '@kubeos/vm';
import { kernelExitCode } from './grub-kernel.ts';

/** How a machine is started. */
export interface GrubRun {
  readonly tools: ImageTools;
  readonly disk: string;
  readonly firmware: 'uefi' | 'bios';
  readonly isReadOnly?: boolean;
  /** Text on the console at which the machine is switched off. */
  readonly until?: string;
  /** What a person types when a text has come, in this order. */
  readonly types?: readonly (readonly [after: string, keys: string])[];
}

/** What came of it. */
export interface GrubEnd {
  /** `kernel` started, `until` was seen, or the machine restarted. */
  readonly kind: 'kernel' | 'until' | 'restart';
  /** What came over the serial port. */
  readonly text: string;
  /** Words of the kernel's command line. */
  readonly words: readonly string[];
}

/** GRUB says this after an error, and goes on by itself after ten seconds. */
const waits = 'Press any key';
const timeoutMs = 60_000;

/** Runs a machine to its end. Throws `COMMAND_TIMEOUT` with what it said when there is none. */
export async function runGrub(run: GrubRun): Promise<GrubEnd> {
  const args = await argumentsOf(run);
  const port = await openSerialPort(`${run.disk}.serial`);
  // QEMU goes with this process, also when that is killed.
  const child = startChild('setpriv', ['--pdeathsig', 'KILL', '--', run.tools.qemu, ...args], {
    timeoutMs,
    okExitCodes: [0, kernelExitCode],
  });
  const keys = [...(run.types ?? [])];
  let [text, typedAt, waitedAt, isUntil] = ['', 0, 0, false];
  port.output.on('data', (piece: Buffer) => {
    text += piece.toString('latin1');
    const [after, typed] = keys[0] ?? [];
    if (after !== undefined && typed !== undefined && text.includes(after, typedAt)) {
      typedAt = text.length;
      keys.shift();
      port.type(typed);
    }
    if (text.includes(waits, waitedAt)) {
      waitedAt = text.length;
      port.type(' ');
    }
    if (run.until !== undefined && text.includes(run.until)) {
      isUntil = true;
      child.kill();
    }
  });
  let code: number | undefined;
  let failure: unknown;
  try {
    code = await child.exited;
  } catch (thrown) {
    failure = thrown;
  }
  await port.close();
  if (isUntil) return { kind: 'until', text, words: [] };
  if (failure !== undefined) {
    const { code: errorCode, message } = KubeosError.from(failure);
    throw new KubeosError(errorCode, `${message}; the console said:\n${text}`, { cause: failure });
  }
  if (code !== kernelExitCode) return { kind: 'restart', text, words: [] };
  const line = /BOOT_IMAGE=.*/.exec(text)?.[0] ?? '';
  return { kind: 'kernel', text, words: line.trim().split(/ +/) };
}

interface SerialPort {
  readonly output: Readable;
  type(keys: string): void;
  /** Reads what is left, once QEMU is gone. */
  close(): Promise<void>;
}

/**
 * Named pipes. The pipes of child processes are sockets here, which are full after a few hundred writes of one byte each;
 * GRUB, for which time passes quickly, would take the port for a broken one and leave characters out.
 */
async function openSerialPort(path: string): Promise<SerialPort> {
  const [input, output] = [`${path}.in`, `${path}.out`];
  for (const pipe of [input, output]) await rm(pipe, { force: true });
  await exec('mkfifo', [input, output]);
  const keyboard = await open(input, 'r+');
  // As long as somebody can write, the other end of a pipe is not at its end.
  const writer = await open(output, 'r+');
  const reader = new Socket({
    fd: openSync(output, constants.O_RDONLY | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  const ended = once(reader, 'end');
  return {
    output: reader,
    type: (keys) => void keyboard.write(keys),
    close: async () => {
      await writer.close();
      await keyboard.close();
      await ended;
      reader.destroy();
    },
  };
}

async function argumentsOf(run: GrubRun): Promise<readonly string[]> {
  const drive = `if=none,id=disk,format=raw,cache=unsafe,file=${run.disk}`;
  return [
    ...['-machine', 'q35', '-accel', 'tcg', '-cpu', 'max', '-m', '128'],
    // Time passes with instructions: pauses of GRUB are short, and no busy host makes it measure its clock wrongly.
    ...['-icount', 'shift=10,sleep=off'],
    ...['-display', 'none', '-nodefaults', '-no-reboot'],
    ...['-chardev', `pipe,id=port,path=${run.disk}.serial`, '-serial', 'chardev:port'],
    ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
    ...['-drive', run.isReadOnly === true ? `${drive},readonly=on` : drive],
    ...['-device', 'virtio-blk-pci,drive=disk'],
    ...(run.firmware === 'uefi' ? await firmware(run) : []),
  ];
}

async function firmware({ tools, disk }: GrubRun): Promise<readonly string[]> {
  const variables = `${disk}.vars`;
  await copyFile(tools.ovmfVars, variables);
  const flash = 'if=pflash,format=raw';
  return [
    ...['-drive', `${flash},readonly=on,file=${tools.ovmfCode}`],
    ...['-drive', `${flash},file=${variables}`],
  ];
}
