/** Every table and key of a recipe, once: the reader checks by it, and the reference is written from it. */
import * as z from 'zod/mini';
import {
  accountName,
  dottedQuad,
  imageName,
  imagePath,
  menuPassword,
  noShellText,
  packageName,
  passwordHash,
  passwordText,
  relativePath,
  repoPath,
  someText,
  unitName,
  userName,
  versionText,
  type TextRule,
} from './rules.ts';
import { imageKinds } from './recipe.ts';

/** What the reference says of a key beside its type, and whether its value is a secret. */
interface KeyNotes {
  readonly rule?: string;
  readonly secret?: true;
}

function described<T extends z.ZodMiniType>(schema: T, description: string, notes: KeyNotes): T {
  return schema.check(z.meta({ description, ...notes }));
}

function text(rule: TextRule, meaning: string, notes: KeyNotes = {}): z.ZodMiniString {
  const message = `Expected ${rule.expected}`;
  const schema = z.string(message).check(z.refine((value) => rule.accepts(value), message));
  return described(schema, meaning, { rule: rule.expected, ...notes });
}

function list(rule: TextRule, meaning: string, minLength: 0 | 1): z.ZodMiniArray<z.ZodMiniString> {
  const expected = `${minLength === 1 ? 'at least one; ' : ''}each is ${rule.expected}`;
  const item = z
    .string(`Expected a string`)
    .check(z.refine((value) => rule.accepts(value), `Expected ${rule.expected}`));
  const schema = z
    .array(item, 'Expected a list of strings')
    .check(z.minLength(minLength, 'Expected at least one item'));
  return described(schema, meaning, { rule: expected });
}

function yesNo(meaning: string): z.ZodMiniDefault<z.ZodMiniBoolean> {
  return described(z._default(z.boolean('Expected true or false'), false), meaning, {});
}

/** Without the table, and where it names one alone. */
export const defaultDisk = { root: 2560, img_size: 20 };

const maxSize = 2 ** 32 - 1;

function size(meaning: string): z.ZodMiniNumberFormat {
  const expected = `a whole number from 1 to ${maxSize}`;
  const message = `Expected ${expected}`;
  return described(z.int(message).check(z.gte(1, message), z.lte(maxSize, message)), meaning, {
    rule: expected,
  });
}

function word<const W extends string>(words: readonly W[], meaning: string) {
  return described(z.enum(words, `Expected one of ${words.join(', ')}`), meaning, {});
}

function table<S extends z.core.$ZodLooseShape>(shape: S, meaning: string) {
  return described(z.strictObject(shape, 'Expected a table'), meaning, {});
}

function tables<S extends z.core.$ZodLooseShape>(name: string, shape: S, meaning: string) {
  const message = `Expected an array of tables: [[${name}]]`;
  return described(z.array(z.strictObject(shape, message), message), meaning, {});
}

const maybe = z.exactOptional;
const hashedInMemory = 'stands in the image as a hash only';

/** The tables by their names. */
export const recipeTables = {
  from_repo: table(
    {
      version: text(versionText, 'The version. PRETTY_NAME of the system is `KubeOS <version>`.'),
      repo_path: text(
        repoPath,
        'File of the build host with the repositories that packages come from.',
      ),
      agent_path: text(noShellText, "File of the build host: the bundle of the agent's program."),
      root_passwd: text(passwordHash, "Hash of root's password, for `/etc/shadow`.", {
        secret: true,
      }),
      rpmlist: list(packageName, 'The packages to install, whatever installs them.', 0),
      legacy_bios: yesNo('Boots with BIOS too, not with UEFI alone. Not for arm64.'),
      upgrade_img: maybe(text(imageName, 'Name of the upgrade image. Required for `upgrade-img`.')),
      image_type: maybe(
        word(imageKinds, 'The kind of image. The command line says it; if given, it has to agree.'),
      ),
      arch: maybe(
        word(
          ['x86_64', 'aarch64', 'amd64', 'arm64'],
          'The processor. That of the build host is taken; if given, it has to agree.',
        ),
      ),
    },
    'The root file system: packages, agent, version.',
  ),
  users: tables(
    'users',
    {
      name: text(userName, 'Name of the user.'),
      passwd: text(passwordText, `The password itself; it ${hashedInMemory}.`, { secret: true }),
      primary_group: maybe(
        text(
          accountName,
          'Primary group; it has to exist. Without it, one of the same name is made.',
        ),
      ),
      groups: maybe(list(accountName, 'Further groups; they have to exist.', 1)),
    },
    'Users to create.',
  ),
  copy_files: tables(
    'copy_files',
    {
      src: text(someText, 'File or folder of the build host.'),
      dst: text(
        imagePath,
        'Where it goes, as with `cp -r`: into a folder that exists, or under this name.',
      ),
      create_dir: maybe(text(imagePath, 'A folder of the image to create first.')),
    },
    'Files to copy into the image.',
  ),
  grub: table(
    {
      passwd: text(menuPassword, `Password of the boot menu; it ${hashedInMemory}.`, {
        secret: true,
      }),
    },
    'The boot loader. Without it, whoever is at the console can change kernel lines.',
  ),
  systemd_service: table(
    { name: list(unitName, 'Units to enable; a name without a suffix is that of a service.', 1) },
    'Units that are started at boot.',
  ),
  chroot_script: table(
    {
      path: text(
        someText,
        'Script of the build host that runs within the image, before it is packed.',
      ),
      rm: yesNo('Removes the script from the image afterwards.'),
    },
    'What no other table can express.',
  ),
  disk_partition: table(
    {
      root: size(
        `Size of each of the two root partitions in MiB; ${defaultDisk.root} without the table.`,
      ),
      img_size: z._default(
        size(
          'Size of the disk in GiB. What it holds beside PERSIST, and 2100 MiB, have to fit into it.',
        ),
        defaultDisk.img_size,
      ),
    },
    'Sizes on the disk.',
  ),
  persist_mkdir: table(
    { name: list(relativePath, 'Folders, relative to `/persist`.', 1) },
    'Folders to create on PERSIST.',
  ),
  pxe_config: table(
    {
      rootfs_name: text(someText, 'File on the server with the root file system.'),
      disk: text(someText, 'Disk to install to, such as `/dev/sda`.'),
      server_ip: text(dottedQuad, 'Address of the server.'),
      route_ip: text(dottedQuad, 'Address of the router.'),
      dhcp: yesNo('Takes its address by DHCP; `local_ip`, `net_name` and `netmask` go without it.'),
      local_ip: maybe(text(dottedQuad, 'Address of the machine. Required without `dhcp`.')),
      net_name: maybe(text(someText, 'Name of the network interface. Required without `dhcp`.')),
      netmask: maybe(text(dottedQuad, 'Mask of the network. Required without `dhcp`.')),
    },
    'Installation over the network. Checked, but `pxe-img` is not built by this version.',
  ),
  admin_container: table(
    {
      img_name: text(imageName, 'Name of the image.'),
      hostshell: text(someText, 'File of the build host: the hostshell program.'),
    },
    'The admin container. Checked, but `admin-container` is not built by this version.',
  ),
  dm_verity: table(
    {
      efi_key: text(someText, 'Pass phrase of the keys for UEFI.', { secret: true }),
      grub_key: text(someText, 'Pass phrase of the keys for GRUB.', { secret: true }),
      keys_dir: maybe(text(someText, 'Folder of the build host with keys that exist.')),
    },
    'A verified root. Checked (it needs `[grub]`, and no `legacy_bios`), but not built by this version.',
  ),
  from_dockerimg: table(
    {
      upgrade_img: text(imageName, 'Name of the image.'),
      legacy_bios: yesNo('As in `[from_repo]`.'),
    },
    'A container image as the root file system. Checked, but not built by this version.',
  ),
};

/** Name of a table. */
export type TableName = keyof typeof recipeTables;

/** The values of a table. */
export type TableValues<N extends TableName> = z.output<(typeof recipeTables)[N]>;

/** The names of all tables. */
export const tableNames = Object.keys(recipeTables) as readonly TableName[];

/** The names of the keys of a table. */
export function keyNames(name: TableName): readonly string[] {
  const { def } = recipeTables[name];
  return Object.keys(def.type === 'array' ? def.element.def.shape : def.shape);
}
