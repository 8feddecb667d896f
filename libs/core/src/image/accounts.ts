/**
 * Users and passwords of an image, as edits of its texts in `/etc`: no program is run for it, so no password or hash is
 * ever in an argument or in a script (B-67), and the same recipe gives the same bytes.
 */
import { KubeosError } from '../errors/kubeos-error.ts';

/** The texts of the files of these names in `/etc`. */
export interface AccountFiles {
  readonly passwd: string;
  readonly shadow: string;
  readonly group: string;
  /** Not every system has it. */
  readonly gshadow?: string;
}

/** A user to create. */
export interface NewAccount {
  readonly name: string;
  /** Secret: as crypt(3) makes it. */
  readonly passwordHash: string;
  /** Has to exist; without it, a group of the user's name is made. */
  readonly primaryGroup?: string;
  /** They have to exist, or to be made for one of the users. */
  readonly groups: readonly string[];
}

/** What to change. */
export interface AccountChanges {
  /** Secret. */
  readonly rootPasswordHash: string;
  readonly users: readonly NewAccount[];
  /** Days since 1970, as the day on which passwords were changed last. */
  readonly lastChangeDay: number;
  /** Shell of the users. */
  readonly shell?: string;
}

/** A user that was created; its home is for the caller to make. */
export interface CreatedAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** The texts after the changes. */
export interface EditedAccounts {
  readonly files: AccountFiles;
  readonly created: readonly CreatedAccount[];
}

/** Below it are the accounts of packages, in both families of distributions. */
const firstId = 1000;

/**
 * Sets root's password and creates users.
 *
 * Passwords of the packages that were changed after `lastChangeDay`, which is to say on the day of the build, count as
 * changed on it. Throws `INVALID_CONFIGURATION` with everything that is wrong: users that exist, groups that do not.
 */
export function editAccounts(files: AccountFiles, changes: AccountChanges): EditedAccounts {
  const { rootPasswordHash, users, lastChangeDay, shell = '/bin/sh' } = changes;
  const tables: Tables = {
    passwd: readTable(files.passwd),
    shadow: readTable(files.shadow),
    group: readTable(files.group),
    gshadow: readTable(files.gshadow ?? ''),
  };
  const day = String(lastChangeDay);
  const problems = [
    ...rootProblems(tables),
    ...users.flatMap((user) => problemsOf(user, tables, users)),
  ];
  const fields = [
    rootPasswordHash,
    shell,
    ...users.flatMap((user) => [user.name, user.passwordHash]),
  ];
  if (fields.some((field) => field === '' || /[:\p{Cc}]/u.test(field))) {
    problems.push('no name, shell or hash may be empty or have a colon or a control character');
  }
  if (problems.length > 0) {
    throw new KubeosError(
      'INVALID_CONFIGURATION',
      `The accounts of the image cannot be made: ${problems.join('; ')}`,
    );
  }
  for (const entry of tables.shadow) {
    if (Number(entry[2]) > lastChangeDay) entry[2] = day;
  }
  setField(tables.passwd, 'root', 1, 'x');
  setField(tables.shadow, 'root', 1, rootPasswordHash);
  setField(tables.shadow, 'root', 2, day);
  const created = users.map((user) => create(user, tables, day, shell));
  for (const { name, groups } of users) groups.forEach((group) => join(name, group, tables));
  return { files: textsOf(tables, files), created };
}

/** Lines as their fields; a line that is none of a table is one field and stays as it is. */
type Table = string[][];
type Tables = Record<keyof AccountFiles, Table>;

function readTable(text: string): Table {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.split(':'));
}

function textsOf(tables: Tables, { gshadow }: AccountFiles): AccountFiles {
  const text = (table: Table): string => table.map((fields) => `${fields.join(':')}\n`).join('');
  return {
    passwd: text(tables.passwd),
    shadow: text(tables.shadow),
    group: text(tables.group),
    ...(gshadow !== undefined && { gshadow: text(tables.gshadow) }),
  };
}

function find(table: Table, name: string): string[] | undefined {
  return table.find((fields) => fields.length > 1 && fields[0] === name);
}

function setField(table: Table, name: string, index: number, value: string): void {
  const entry = find(table, name);
  if (entry !== undefined) entry[index] = value;
}

function rootProblems({ passwd, shadow }: Tables): string[] {
  return [
    ...(find(passwd, 'root') ? [] : ['there is no root in /etc/passwd']),
    ...(find(shadow, 'root') ? [] : ['there is no root in /etc/shadow']),
  ];
}

function problemsOf(
  { name, primaryGroup, groups }: NewAccount,
  { passwd, shadow, group }: Tables,
  users: readonly NewAccount[],
): readonly string[] {
  const exists = (wanted: string): boolean => find(group, wanted) !== undefined;
  const isMade = (wanted: string): boolean =>
    users.some((user) => user.name === wanted && (user.primaryGroup ?? wanted) === wanted);
  const missing = [...(primaryGroup === undefined ? [] : [primaryGroup]), ...groups].filter(
    (wanted) => !exists(wanted) && !isMade(wanted),
  );
  const isTaken = find(passwd, name) !== undefined || find(shadow, name) !== undefined;
  const isTwice = users.filter((user) => user.name === name).length > 1;
  return [
    ...(isTaken || isTwice ? [`the user ${name} exists already`] : []),
    ...(primaryGroup === undefined && exists(name)
      ? [`the group ${name} exists already: name it as primary group of the user, or another one`]
      : []),
    ...missing.map((wanted) => `the group ${wanted} of the user ${name} does not exist`),
  ];
}

function create(user: NewAccount, tables: Tables, day: string, shell: string): CreatedAccount {
  const { name, passwordHash, primaryGroup = name } = user;
  const { passwd, shadow, group, gshadow } = tables;
  const existing = find(group, primaryGroup)?.[2];
  // A user and its own group have the same number.
  const uid = freeId(existing === undefined ? [...passwd, ...group] : passwd);
  const gid = existing === undefined ? uid : Number(existing);
  if (existing === undefined) {
    group.push([primaryGroup, 'x', String(gid), '']);
    gshadow.push([primaryGroup, '!', '', '']);
  }
  const home = `/home/${name}`;
  passwd.push([name, 'x', String(uid), String(gid), '', home, shell]);
  shadow.push([name, passwordHash, day, '0', '99999', '7', '', '', '']);
  return { name, uid, gid, home };
}

/** The number of an account is in the third field of users and of groups. */
function freeId(entries: Table): number {
  const used = new Set(entries.map((fields) => Number(fields[2])));
  let id = firstId;
  while (used.has(id)) id += 1;
  return id;
}

/** Members are the last field in both files of groups. */
function join(user: string, groupName: string, { group, gshadow }: Tables): void {
  for (const entry of [find(group, groupName), find(gshadow, groupName)]) {
    if (entry === undefined) continue;
    const members = new Set((entry[3] ?? '').split(',').filter((member) => member !== ''));
    entry[3] = [...members.add(user)].join(',');
  }
}
