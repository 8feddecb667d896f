import type { DiskOptions, MachineOptions } from '../contract.ts';

/** The files of one machine. */
export interface MachineFiles {
  /** What the guest's disk is, overlay or image. */
  readonly disk?: { readonly file: string; readonly format: 'raw' | 'qcow2' };
  /** Firmware and its variables; none where SeaBIOS, which QEMU brings, starts the machine. */
  readonly uefi?: { readonly code: string; readonly variables: string };
}

/** Descriptors that QEMU finds open: its control connection and the serial port. */
export const descriptors = { control: 3, serial: 4 } as const;

const defaultMemoryMib = 1024;
const defaultCpus = 2;
/** Cache of translated code. */
const translationMib = 256;

/**
 * The arguments of QEMU. The machine waits for `cont`, so that nothing of its first words is missed; it is reached only
 * over two descriptors and the forwarded ports.
 */
export function qemuArguments(
  options: MachineOptions,
  files: MachineFiles,
  guestPorts: readonly number[],
): readonly string[] {
  return [
    ...['-name', options.name ?? 'vm', '-nodefaults', '-no-user-config', '-display', 'none', '-S'],
    ...['-machine', 'q35', ...acceleration(options), '-cpu', 'max'],
    ...['-smp', String(options.cpus ?? defaultCpus)],
    ...['-m', String(options.memoryMib ?? defaultMemoryMib)],
    ...['-chardev', `socket,id=control,fd=${descriptors.control}`],
    ...['-mon', 'chardev=control,mode=control'],
    ...['-chardev', `socket,id=serial,fd=${descriptors.serial}`, '-serial', 'chardev:serial'],
    ...firmware(files),
    ...(files.disk === undefined ? [] : disk(files.disk, options.disk?.cache)),
    ...['-device', 'virtio-rng-pci'],
    ...network(guestPorts),
    ...directKernel(options),
    ...(options.extraArguments ?? []),
  ];
}

function acceleration({ acceleration: kind }: MachineOptions): readonly string[] {
  return ['-accel', kind === 'kvm' ? 'kvm' : `tcg,thread=multi,tb-size=${translationMib}`];
}

function firmware({ uefi }: MachineFiles): readonly string[] {
  if (uefi === undefined) return [];
  const code = `if=pflash,unit=0,format=raw,readonly=on,file=${escaped(uefi.code)}`;
  // Snapshots need every device that can be written in this format.
  const variables = `if=pflash,unit=1,format=qcow2,file=${escaped(uefi.variables)}`;
  return ['-drive', code, '-drive', variables];
}

function disk(
  { file, format }: NonNullable<MachineFiles['disk']>,
  cache: DiskOptions['cache'] = 'writeback',
): readonly string[] {
  return [
    '-drive',
    `if=none,id=disk,format=${format},cache=${cache},discard=unmap,detect-zeroes=unmap,file=${escaped(file)}`,
    // Else OVMF goes on to the network. A kernel that QEMU starts has index 0.
    ...['-device', 'virtio-blk-pci,drive=disk,bootindex=1'],
  ];
}

function network(guestPorts: readonly number[]): readonly string[] {
  // Port 0: the kernel chooses one that is free.
  const rules = guestPorts.map((guest) => `,hostfwd=tcp:127.0.0.1:0-:${guest}`);
  return [
    ...['-netdev', `user,id=net${rules.join('')}`],
    // Without the ROM that boots from the network.
    ...['-device', 'virtio-net-pci,netdev=net,romfile='],
  ];
}

function directKernel({ kernel }: MachineOptions): readonly string[] {
  if (kernel === undefined) return [];
  return [
    ...['-kernel', kernel.file],
    ...(kernel.initrd === undefined ? [] : ['-initrd', kernel.initrd]),
    ...(kernel.commandLine === undefined ? [] : ['-append', kernel.commandLine]),
  ];
}

// A comma ends a value, qemu(1).
function escaped(file: string): string {
  return file.replaceAll(',', ',,');
}

/** Port of the guest -> port of QEMU that leads there, from what the monitor tells about the network. */
export function forwardedPorts(usernet: string): ReadonlyMap<number, number> {
  const rule = /TCP\[HOST_FORWARD\]\s+\d+\s+\S+\s+(?<host>\d+)\s+\S+\s+(?<guest>\d+)/gu;
  return new Map(
    [...usernet.matchAll(rule)].map(({ groups }) => [
      Number(groups?.['guest']),
      Number(groups?.['host']),
    ]),
  );
}
