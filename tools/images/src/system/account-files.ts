/** Who is there: names for the numbers that containers run as. Nobody has a shell or a password. */
import type { LayerFile } from '@kubeos/imaging';
import { socketGroupId, userId } from '../programs.ts';

const nobody = 'nonroot';

/** Accounts, and where names of machines are looked up. */
export function accountFiles(): readonly LayerFile[] {
  const lines = (...texts: readonly string[]): Uint8Array => Buffer.from(`${texts.join('\n')}\n`);
  return [
    {
      ...{ kind: 'file', path: 'etc/passwd' },
      content: lines(
        'root:x:0:0:root:/:/usr/sbin/nologin',
        `${nobody}:x:${userId}:${userId}::/:/usr/sbin/nologin`,
      ),
    },
    {
      ...{ kind: 'file', path: 'etc/group' },
      content: lines('root:x:0:', `${nobody}:x:${userId}:`, `kubeos:x:${socketGroupId}:`),
    },
    {
      ...{ kind: 'file', path: 'etc/nsswitch.conf' },
      content: lines('passwd: files', 'group: files', 'hosts: files dns'),
    },
  ];
}
