import { describe, expect, it } from '@jest/globals';

import { forwardedPorts, qemuArguments } from './qemu-arguments.ts';

describe('the arguments of QEMU', () => {
  it('are those of a machine with firmware and disk', () => {
    const files = {
      disk: { file: '/tmp/a,b/disk.qcow2', format: 'qcow2' },
      uefi: { code: '/tools/CODE.fd', variables: '/tmp/vars.qcow2' },
    } as const;
    const args = qemuArguments({ firmware: 'uefi' }, files, [9000]);
    expect(args).toContain('if=pflash,unit=0,format=raw,readonly=on,file=/tools/CODE.fd');
    expect(args).toContain('if=pflash,unit=1,format=qcow2,file=/tmp/vars.qcow2');
    expect(args).toContain(
      'if=none,id=disk,format=qcow2,cache=writeback,discard=unmap,detect-zeroes=unmap,file=/tmp/a,,b/disk.qcow2',
    );
    expect(args).toContain('user,id=net,hostfwd=tcp:127.0.0.1:0-:9000');
    expect(args).not.toContain('-kernel');
  });

  it('are those of a kernel without firmware', () => {
    const kernel = { file: '/vmlinuz', initrd: '/initrd', commandLine: 'console=ttyS0' };
    const args = qemuArguments({ firmware: 'bios', kernel, memoryMib: 256, cpus: 1 }, {}, []);
    const words = args.join(' ');
    expect(words).toContain('-kernel /vmlinuz -initrd /initrd -append console=ttyS0');
    expect(words).toContain('-smp 1 -m 256');
    expect(words).not.toMatch(/pflash|virtio-blk|hostfwd/u);
  });

  it.each([
    ['writeback', undefined],
    ['unsafe', 'unsafe'],
  ] as const)('have the cache "%s" where %s is asked for', (expected, cache) => {
    const disk = { file: '/d', ...(cache === undefined ? {} : { cache }) };
    const files = { disk: { file: '/d', format: 'raw' } } as const;
    const args = qemuArguments({ firmware: 'bios', disk }, files, []);
    expect(args.join(' ')).toContain(`,cache=${expected},`);
  });
});

it('reads the forwarded ports', () => {
  const said = [
    'Hub -1 (net):',
    '  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ',
    '  TCP[HOST_FORWARD]   3       127.0.0.1 33165       10.0.2.15  9000     0     0',
    '  TCP[ESTABLISHED]    9       127.0.0.1 33165       10.0.2.15  9000     0     0',
    '  TCP[HOST_FORWARD]   4       127.0.0.1 40001       10.0.2.15    22     0     0',
  ].join('\r\n');
  expect(Object.fromEntries(forwardedPorts(said))).toEqual({ 22: 40001, 9000: 33165 });
});
