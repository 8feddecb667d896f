/** Machines that end with their boot loader, or with the kernel of a few bytes that it starts. */
import { copyFile } from 'node:fs/promises';
import { KubeosError } from '@kubeos/core';
import { startChild } from '@kubeos/host';
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
const timeoutMs = 40_000;

/** Runs a machine to its end. Throws `COMMAND_TIMEOUT` with what it said when there is none. */
export async function runGrub(run: GrubRun): Promise<GrubEnd> {
  // QEMU goes with this process, also when that is killed.
  const command = ['--pdeathsig', 'KILL', '--', run.tools.qemu, ...(await argumentsOf(run))];
  const child = startChild('setpriv', command, {
    timeoutMs,
    okExitCodes: [0, kernelExitCode],
  });
  const keys = [...(run.types ?? [])];
  let [text, typedAt, waitedAt, isUntil] = ['', 0, 0, false];
  child.stdout.on('data', (piece: Buffer) => {
    text += piece.toString('latin1');
    const [after, typed] = keys[0] ?? [];
    if (after !== undefined && text.includes(after, typedAt)) {
      typedAt = text.length;
      keys.shift();
      child.stdin.write(typed);
    }
    if (text.includes(waits, waitedAt)) {
      waitedAt = text.length;
      child.stdin.write(' ');
    }
    if (run.until !== undefined && text.includes(run.until)) {
      isUntil = true;
      child.kill();
    }
  });
  try {
    const code = await child.exited;
    const kind = code === kernelExitCode ? 'kernel' : 'restart';
    const line = /BOOT_IMAGE=.*/.exec(text)?.[0] ?? '';
    return { kind, text, words: kind === 'kernel' ? line.trim().split(/ +/) : [] };
  } catch (cause) {
    if (isUntil) return { kind: 'until', text, words: [] };
    const error = KubeosError.from(cause);
    throw new KubeosError(error.code, `${error.message}; the console said:\n${text}`, { cause });
  } finally {
    child.stdin.end();
  }
}

async function argumentsOf(run: GrubRun): Promise<readonly string[]> {
  const drive = `if=none,id=disk,format=raw,cache=unsafe,file=${run.disk}`;
  return [
    ...['-machine', 'q35', '-accel', 'tcg', '-cpu', 'max', '-m', '128'],
    // Time passes with instructions: pauses of GRUB are short, and no busy host makes it measure its clock wrongly.
    ...['-icount', 'shift=10,sleep=off'],
    ...['-display', 'none', '-nodefaults', '-no-reboot', '-serial', 'stdio'],
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
