import { describe, expect, it } from '@jest/globals';
import type { Setting } from '../setting.ts';
import { planSysctl, sysctlPaths, type SysctlPlan } from './index.ts';
import { parseSysctlKey } from './parse.ts';

const kernel: Readonly<Record<string, string>> = {
  'vm/swappiness': '60\n',
  'kernel/panic': '0\n',
  'net/ipv4/tcp_rmem': '4096\t131072\t6291456\n',
  'net/ipv4/conf/eth0.100/forwarding': '0\n',
  'net/ipv4/ip_local_reserved_ports': '\n',
  'net/ipv4/route/flush': '',
};
const read = (path: string): string | undefined => kernel[path];
const plan = (...settings: Setting[]): readonly SysctlPlan[] => planSysctl(read, settings);
const refused = expect.objectContaining({ outcome: 'refused' });

describe('the key of a kernel parameter', () => {
  it.each([
    ['vm.swappiness', 'vm/swappiness'],
    ['vm/swappiness', 'vm/swappiness'],
    ['swappiness', 'swappiness'],
    ['kernel.domainname', 'kernel/domainname'],
    // The examples of sysctl.d(5).
    ['net.ipv4.conf.enp3s0/200.forwarding', 'net/ipv4/conf/enp3s0.200/forwarding'],
    ['net/ipv4/conf/enp3s0.200/forwarding', 'net/ipv4/conf/enp3s0.200/forwarding'],
    ['key.middle/part/with/dots.foo', 'key/middle.part.with.dots/foo'],
    ['__proto__.constructor', '__proto__/constructor'],
    ['net.ipv4.conf.schön.forwarding', 'net/ipv4/conf/schön/forwarding'],
  ])('%s is the path %s', (key, path) => {
    expect(parseSysctlKey(key)).toEqual({ path });
  });

  it.each([
    ['', 'The key is empty'],
    ['vm swappiness', 'The key holds a blank or a control character'],
    [' vm.swappiness', 'The key holds a blank or a control character'],
    ['vm.swappiness\n', 'The key holds a blank or a control character'],
    ['vm.\0', 'The key holds a blank or a control character'],
    ['/proc/sys/vm/swappiness', expect.stringContaining('empty part')],
    ['.vm', expect.stringContaining('empty part')],
    ['vm.', expect.stringContaining('empty part')],
    ['vm..swappiness', expect.stringContaining('empty part')],
    ['vm//swappiness', expect.stringContaining('empty part')],
    ['/', expect.stringContaining('empty part')],
    ['vm/./swappiness', expect.stringContaining('another place')],
  ])('%j is refused', (key, reason) => {
    expect(parseSysctlKey(key)).toEqual({ reason });
  });

  it.each([
    '../../etc/shadow',
    'vm/../kernel/panic',
    'vm/..',
    '..',
    'net.//.panic',
    'net.ipv4.//',
    'a././b',
  ])('B-53: %s does not lead out of /proc/sys', (key) => {
    expect(parseSysctlKey(key)).toHaveProperty('reason');
  });
});

describe('a plan of kernel parameters', () => {
  it('writes another value', () => {
    expect(plan({ key: 'vm.swappiness', value: '10' })).toEqual([
      {
        key: 'vm.swappiness',
        path: 'vm/swappiness',
        outcome: 'set',
        before: '60',
        after: '10',
        write: '10',
      },
    ]);
  });

  it('writes nothing when the kernel has the value', () => {
    expect(plan({ key: 'vm/swappiness', value: 60, operation: '' })).toEqual([
      {
        key: 'vm/swappiness',
        path: 'vm/swappiness',
        outcome: 'unchanged',
        before: '60',
        after: '60',
      },
    ]);
  });

  it.each([
    ['4096 131072 6291456', 'unchanged'],
    ['4096\t131072\t6291456', 'unchanged'],
    [' 4096  131072 \t 6291456 ', 'unchanged'],
    ['4096 131072 629145', 'set'],
    ['40961310726291456', 'set'],
  ])('compares the list %j as the kernel prints it', (value, outcome) => {
    expect(plan({ key: 'net.ipv4.tcp_rmem', value })).toMatchObject([{ outcome }]);
  });

  it.each([
    ['1', '1'],
    [1, '1'],
    [0.5, '0.5'],
    [true, 'true'],
    [' 1\t', '1'],
    ['a  b', 'a  b'],
  ])('writes the value %j as %j', (value, write) => {
    expect(plan({ key: 'kernel.panic', value })).toMatchObject([{ write }]);
  });

  it('reaches interfaces whose names hold dots', () => {
    const path = 'net/ipv4/conf/eth0.100/forwarding';
    const keys = ['net.ipv4.conf.eth0/100.forwarding', path];
    for (const key of keys) expect(plan({ key, value: 1 })).toMatchObject([{ path, write: '1' }]);
  });

  it.each([
    ['net.ipv4.ip_local_reserved_ports', '8080', ''],
    ['net.ipv4.route.flush', '1', ''],
  ])('writes to %s, which reads as empty', (key, value, before) => {
    expect(plan({ key, value })).toMatchObject([{ outcome: 'set', before, write: value }]);
  });

  it.each([
    ['a delete', { key: 'vm.swappiness', value: '60', operation: 'delete' }, 'none can be deleted'],
    ['another operation', { key: 'vm.swappiness', value: '60', operation: 'add' }, 'operation'],
    ['an empty value', { key: 'vm.swappiness', value: '' }, 'empty'],
    ['a value of blanks', { key: 'vm.swappiness', value: ' \t' }, 'empty'],
    ['null', { key: 'vm.swappiness', value: null }, 'empty'],
    ['no value', { key: 'vm.swappiness' }, 'empty'],
    ['a list', { key: 'vm.swappiness', value: [10] }, 'has to be a text'],
    ['an object', { key: 'vm.swappiness', value: { a: 1 } }, 'has to be a text'],
    ['two lines', { key: 'vm.swappiness', value: '10\n20' }, 'line break'],
    ['a line break at the end', { key: 'vm.swappiness', value: '10\n' }, 'line break'],
    ['a carriage return', { key: 'vm.swappiness', value: '\r10' }, 'line break'],
    ['a parameter that is not there', { key: 'vm.nothing', value: '10' }, 'no such parameter'],
  ])('B-31: refuses %s', (_name, setting: Setting, reason) => {
    const [refusal] = plan(setting);
    expect(refusal).toEqual({
      key: setting.key,
      outcome: 'refused',
      path: setting.key.replace('.', '/'),
      reason: expect.stringContaining(reason),
    });
  });

  it('gives no path for a key that names none', () => {
    const [refusal] = plan({ key: '/vm', value: '1' });
    expect(refusal).toEqual(refused);
    expect(refusal).not.toHaveProperty('path');
  });

  it('quotes no value in a refusal', () => {
    const value = 'secret\nsecret';
    expect(plan({ key: 'vm.swappiness', value })[0]?.reason).not.toContain('secret');
  });

  it('B-52: keeps the order of the request and refuses what comes again, in any spelling', () => {
    const outcomes = plan(
      { key: 'vm.swappiness', value: '10' },
      { key: 'kernel.panic', value: '5' },
      { key: 'vm/swappiness', value: '20' },
      { key: 'vm.swappiness', value: '10' },
    ).map(({ key, outcome, write }) => [key, outcome, write]);
    expect(outcomes).toEqual([
      ['vm.swappiness', 'set', '10'],
      ['kernel.panic', 'set', '5'],
      ['vm/swappiness', 'refused', undefined],
      ['vm.swappiness', 'refused', undefined],
    ]);
  });

  it('counts only what can be done as asked for', () => {
    expect(
      plan({ key: 'vm.swappiness', value: '' }, { key: 'vm.swappiness', value: '10' }),
    ).toMatchObject([{ outcome: 'refused' }, { outcome: 'set' }]);
  });
});

describe('the paths of a request', () => {
  it('are those whose values are needed, each once', () => {
    const settings: readonly Setting[] = [
      { key: 'vm.swappiness', value: 1 },
      { key: '../etc/shadow', value: 1 },
      { key: 'kernel.panic', value: 1, operation: 'delete' },
      { key: 'net.ipv4.tcp_rmem', value: [] },
      { key: 'kernel.panic', value: 1 },
      { key: 'vm/swappiness', value: 2 },
    ];
    expect(sysctlPaths(settings)).toEqual(['vm/swappiness', 'kernel/panic']);
  });
});
