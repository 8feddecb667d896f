import { describe, expect, it } from '@jest/globals';
import { hasCode } from '../errors/kubeos-error.ts';
import {
  editAccounts,
  type AccountChanges,
  type AccountFiles,
  type NewAccount,
} from './accounts.ts';

const files: AccountFiles = {
  passwd: 'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n',
  shadow: 'root:*:20783:0:99999:7:::\ndaemon:*:20783:0:99999:7:::\nold:*:100:0:99999:7:::\n+\n',
  group: 'root:x:0:\nadm:x:4:daemon\nusers:x:100:\n',
  gshadow: 'root:*::\nadm:*::daemon\nusers:*::\n',
};
const user = (name: string, rest: Partial<NewAccount> = {}): NewAccount => ({
  name,
  passwordHash: `$6$salt$${name}Hash`,
  groups: [],
  ...rest,
});

function edit(
  users: readonly NewAccount[],
  changes: Partial<AccountChanges> = {},
  before: AccountFiles = files,
) {
  return editAccounts(before, {
    rootPasswordHash: '$6$salt$rootHash',
    users,
    lastChangeDay: 20_000,
    ...changes,
  });
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (hasCode(error, 'INVALID_CONFIGURATION')) return error.message;
    throw error;
  }
  throw new Error('Expected an error');
}

describe('the accounts of an image', () => {
  it('B-67: have the hash of root as it is, and no day after that of the sources', () => {
    const hash = '$6$a\'b"c`d$(e)\\f$&$$$1';
    expect(edit([], { rootPasswordHash: hash })).toEqual({
      files: {
        ...files,
        shadow: `root:${hash}:20000:0:99999:7:::\ndaemon:*:20000:0:99999:7:::\nold:*:100:0:99999:7:::\n+\n`,
      },
      created: [],
    });
  });

  it('make root look for its password in shadow', () => {
    const passwd = 'root::0:0:root:/root:/bin/bash';
    expect(edit([], {}, { ...files, passwd }).files.passwd).toBe(
      'root:x:0:0:root:/root:/bin/bash\n',
    );
  });

  it('get users with groups of their own, and others that exist', () => {
    const { files: after, created } = edit(
      [user('ops', { groups: ['adm', 'users', 'adm'] }), user('guest', { primaryGroup: 'users' })],
      { shell: '/bin/bash' },
    );
    expect(after).toEqual({
      passwd: `${files.passwd}ops:x:1000:1000::/home/ops:/bin/bash\nguest:x:1001:100::/home/guest:/bin/bash\n`,
      shadow: `root:$6$salt$rootHash:20000:0:99999:7:::\ndaemon:*:20000:0:99999:7:::\nold:*:100:0:99999:7:::\n+
ops:$6$salt$opsHash:20000:0:99999:7:::\nguest:$6$salt$guestHash:20000:0:99999:7:::\n`,
      group: 'root:x:0:\nadm:x:4:daemon,ops\nusers:x:100:ops\nops:x:1000:\n',
      gshadow: 'root:*::\nadm:*::daemon,ops\nusers:*::ops\nops:!::\n',
    });
    expect(created).toEqual([
      { name: 'ops', uid: 1000, gid: 1000, home: '/home/ops' },
      { name: 'guest', uid: 1001, gid: 100, home: '/home/guest' },
    ]);
  });

  it('take numbers that neither users nor groups have', () => {
    const before: AccountFiles = {
      passwd: `${files.passwd}a:x:1000:1000::/:/bin/sh\nb:x:1002:1002::/:/bin/sh\n`,
      shadow: files.shadow,
      group: 'c:x:1001:\nd:x:1003',
    };
    const { files: after, created } = edit(
      [user('e'), user('f', { primaryGroup: 'c' }), user('g', { groups: ['d'] })],
      {},
      before,
    );
    expect(created.map(({ uid, gid }) => [uid, gid])).toEqual([
      [1004, 1004],
      [1001, 1001],
      [1005, 1005],
    ]);
    expect(after.group).toBe('c:x:1001:\nd:x:1003:g\ne:x:1004:\ng:x:1005:\n');
    expect(after).not.toHaveProperty('gshadow');
  });

  it('may share groups that are made for them, in any order', () => {
    const { created, files: after } = edit([
      user('a', { primaryGroup: 'b' }),
      user('b', { primaryGroup: 'b', groups: ['c'] }),
      user('c'),
    ]);
    expect(created.map(({ uid, gid }) => [uid, gid])).toEqual([
      [1000, 1000],
      [1001, 1000],
      [1002, 1002],
    ]);
    expect(after.group).toBe(`${files.group}b:x:1000:\nc:x:1002:b\n`);
  });

  it('say everything that is wrong with them', () => {
    expect(
      messageOf(() =>
        edit([
          user('daemon'),
          user('old'),
          user('users'),
          user('x', { primaryGroup: 'staff', groups: ['wheel', 'sudo', 'adm'] }),
          user('y'),
          user('y'),
        ]),
      ),
    ).toBe(
      `The accounts of the image cannot be made: ${[
        'the user daemon exists already',
        'the user old exists already',
        'the group users exists already: name it as primary group of the user, or another one',
        'the group staff of the user x does not exist',
        'the group wheel of the user x does not exist',
        'the group sudo of the user x does not exist',
        'the user y exists already',
        'the user y exists already',
      ].join('; ')}`,
    );
    const none: AccountFiles = { passwd: '', shadow: '', group: '' };
    expect(messageOf(() => edit([], {}, none))).toMatch(
      /no root in \/etc\/passwd; there is no root in \/etc\/shadow$/u,
    );
  });

  it.each(['', 'topSecret:0', 'topSecret\nroot2::0:0', 'topSecret\r'])(
    'B-67: take no hash that would be more than one field, and do not show it: %#',
    (hash) => {
      for (const act of [
        () => edit([], { rootPasswordHash: hash }),
        () => edit([user('a', { passwordHash: hash })]),
      ]) {
        expect(messageOf(act)).toMatch(/no name, shell or hash may be empty/u);
        expect(messageOf(act)).not.toMatch(/topSecret/u);
      }
    },
  );
});
