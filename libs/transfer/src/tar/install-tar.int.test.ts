import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exec } from '@kubeos/host';
import { serve, serveBody, type PayloadServer } from '../../test/payload-server.ts';
import { mib, openSlotBench, payloadOf, unwatched, type SlotBench } from '../../test/slot-bench.ts';
import type { TarEntry } from './tar-entry.ts';
import { renderEntry, renderPadding, tarEnd } from './tar-writer.ts';

let bench: SlotBench;
let server: PayloadServer;
let body: Buffer = Buffer.alloc(0);

beforeAll(async () => {
  bench = await openSlotBench();
  server = await serve((request, response) => serveBody(body)(request, response));
});
afterAll(async () => {
  await server.close();
  await bench.close();
});

type Part = Partial<Omit<TarEntry, 'size'>> & { readonly content?: string };

function archive(parts: readonly Part[]): Buffer {
  const rendered = parts.map(({ content = '', ...fields }) => {
    const bytes = Buffer.from(content);
    const entry: TarEntry = {
      ...{ type: 'file', name: 'x', linkName: '', mode: 0o644, uid: 0, gid: 0, mtime: '0' },
      ...{ deviceMajor: 0, deviceMinor: 0, attributes: new Map() },
      ...fields,
      size: bytes.length,
    };
    return Buffer.concat([renderEntry(entry), bytes, renderPadding(bytes.length)]);
  });
  return Buffer.concat([...rendered, tarEnd]);
}

async function install(parts: readonly Part[]): Promise<void> {
  body = archive(parts);
  await bench.store.install('B', payloadOf(server.url, body), unwatched);
}

async function ask(request: string): Promise<string> {
  return (await exec('debugfs', ['-R', request, bench.disk.partition(2)])).stdout;
}

const kernel: Part = { name: './boot/vmlinuz', content: 'kernel' };
const boot: Part = { name: './boot/', type: 'directory', mode: 0o755 };

describe('an archive', () => {
  it('B-44: keeps owners, modes, links, device nodes, attributes and labels', async () => {
    // CAP_NET_RAW in the form of the kernel: bytes that are no text.
    const capability = Buffer.from('0100000200200000000000800000000000000000', 'hex');
    const label = Buffer.from('system_u:object_r:etc_t:s0\0');
    const long = `usr/${'long/'.repeat(30)}file`;
    await install([
      { name: './', type: 'directory', mode: 0o755 },
      boot,
      kernel,
      {
        name: './ping',
        content: 'program',
        mode: 0o4755,
        uid: 1234,
        gid: 3_000_000,
        mtime: '1600000000.25',
        attributes: new Map([
          ['SCHILY.xattr.security.capability', capability],
          ['SCHILY.xattr.security.selinux', label],
          ['SCHILY.xattr.user.note', Buffer.from('a\nb=c')],
          [
            'SCHILY.acl.access',
            Buffer.from('user::rwx,user:7:r--,group::r-x,mask::r-x,other::r-x'),
          ],
        ]),
      },
      { name: './null', type: 'character', mode: 0o666, deviceMajor: 1, deviceMinor: 3 },
      { name: './disk', type: 'block', mode: 0o600, deviceMajor: 259, deviceMinor: 300 },
      { name: './queue', type: 'fifo' },
      { name: './out', type: 'symbolicLink', linkName: '../../etc/passwd' },
      { name: './abs', type: 'symbolicLink', linkName: '/etc/passwd' },
      { name: './twin', type: 'hardLink', linkName: './ping' },
      { name: './kernel-twin', type: 'hardLink', linkName: 'boot/vmlinuz' },
      { name: long, content: 'deep' },
      { name: './caf\xc3\xa9 \xff', content: 'bytes' },
    ]);
    const ping = await ask('stat /ping');
    expect(ping).toMatch(/Type: regular {4}Mode: {2}04755/u);
    expect(ping).toMatch(/User: +1234 +Group: +3000000 /u);
    expect(ping).toMatch(/Links: 2/u);
    expect(ping).toMatch(/mtime: 0x5f5e1000/u);
    expect(await ask('ea_get -x /ping security.capability')).toContain(
      capability.toString('hex').replaceAll(/(..)/gu, '$1 ').trim(),
    );
    expect(await ask('ea_get /ping security.selinux')).toContain('system_u:object_r:etc_t:s0');
    expect(await ask('ea_list /ping')).toContain('system.posix_acl_access');
    expect(await ask('ea_get /ping user.note')).toContain('a');
    expect(await ask('stat /null')).toMatch(/Type: character special.*0666[^]*major.*01:03/u);
    expect(await ask('stat /disk')).toMatch(/Type: block special[^]*259:300/u);
    expect(await ask('stat /queue')).toMatch(/Type: FIFO/u);
    expect(await ask('stat /out')).toMatch(/link dest: "..\/..\/etc\/passwd"/u);
    expect(await ask('stat /abs')).toMatch(/link dest: "\/etc\/passwd"/u);
    expect(await ask('cat /kernel-twin')).toBe('kernel');
    expect(await ask('cat /boot/vmlinuz')).toBe('kernel');
    expect(await ask(`cat /${long}`)).toBe('deep');
    expect(await ask('ls /boot')).not.toContain('unverified');
  });

  it('takes a kernel that is a link to another name', async () => {
    await install([
      boot,
      { name: 'boot/vmlinuz-6.6', content: 'kernel' },
      { name: 'boot/vmlinuz', type: 'symbolicLink', linkName: 'vmlinuz-6.6' },
    ]);
    expect(await ask('stat /boot/vmlinuz')).toMatch(/link dest: "vmlinuz-6.6"/u);
  });

  const link: Part = { name: 'etc', type: 'symbolicLink', linkName: '/tmp' };
  const hostile: readonly (readonly [string, string, readonly Part[]])[] = [
    ['a name with ..', 'PAYLOAD_UNSAFE', [{ name: 'a/../../x' }]],
    ['a name of ..', 'PAYLOAD_UNSAFE', [{ name: '..', type: 'directory' }]],
    ['an absolute name', 'PAYLOAD_UNSAFE', [{ name: '/etc/passwd' }]],
    ['a file below a link', 'PAYLOAD_UNSAFE', [link, { name: 'etc/passwd' }]],
    ['a file in place of a link', 'PAYLOAD_UNSAFE', [link, { name: './etc' }]],
    ['a folder in place of a link', 'PAYLOAD_UNSAFE', [link, { name: 'etc/', type: 'directory' }]],
    [
      'a hard link through a link',
      'PAYLOAD_UNSAFE',
      [link, { name: 'x', type: 'hardLink', linkName: 'etc/passwd' }],
    ],
    [
      'a file below a hard link to a link',
      'PAYLOAD_UNSAFE',
      [link, { name: 'x', type: 'hardLink', linkName: 'etc' }, { name: 'x/passwd' }],
    ],
    [
      'a hard link to the outside',
      'PAYLOAD_UNSAFE',
      [{ name: 'x', type: 'hardLink', linkName: '/etc/passwd' }],
    ],
    ['a hard link with ..', 'PAYLOAD_UNSAFE', [{ name: 'x', type: 'hardLink', linkName: '../x' }]],
    ['a file in place of the root', 'PAYLOAD_UNSAFE', [{ name: './' }]],
    ['the name that we use ourselves', 'PAYLOAD_UNSAFE', [{ name: 'boot/.vmlinuz.unverified' }]],
    [
      'a hard link to nothing',
      'PAYLOAD_CORRUPT',
      [{ name: 'x', type: 'hardLink', linkName: 'nothing' }],
    ],
    ['no kernel', 'PAYLOAD_UNKNOWN', [{ name: 'x' }]],
  ];
  it.each(hostile)('is refused with %s: %s', async (_, code, parts) => {
    const all = code === 'PAYLOAD_UNKNOWN' ? parts : [boot, kernel, ...parts];
    await expect(install(all)).rejects.toMatchObject({ code });
    expect((await bench.head()).equals(Buffer.alloc(mib))).toBe(true);
  });
});
