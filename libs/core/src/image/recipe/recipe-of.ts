/** Makes a recipe of its tables. Upstream's names become ours here, and nowhere else. */
import type { RecipeTables } from './read-tables.ts';
import type {
  CopyFile,
  DmVerity,
  FromRepo,
  ImageArch,
  PxeConfig,
  Recipe,
  RecipePlace,
  RecipeUser,
} from './recipe.ts';
import { packageManagerOf, withUnitSuffix } from './rules.ts';
import { defaultDisk, type TableValues } from './tables.ts';

/** The recipe of tables that go together. */
export function recipeOf(
  tables: RecipeTables,
  fromRepo: TableValues<'from_repo'>,
  places: ReadonlyMap<string, RecipePlace>,
): Recipe {
  const { users = [], copy_files: copyFiles = [], grub } = tables;
  const { root, img_size: imgSize } = tables.disk_partition ?? defaultDisk;
  return {
    fromRepo: fromRepoOf(fromRepo),
    users: users.map(userOf),
    copyFiles: copyFiles.map(copyFileOf),
    ...(grub && { grub }),
    systemdServices: (tables.systemd_service?.name ?? []).map(withUnitSuffix),
    ...(tables.chroot_script && { chrootScript: tables.chroot_script }),
    diskPartition: { rootMib: root, imgSizeGib: imgSize },
    persistMkdir: tables.persist_mkdir?.name ?? [],
    ...otherKindsOf(tables),
    places,
  };
}

function fromRepoOf(table: TableValues<'from_repo'>): FromRepo {
  const { upgrade_img: upgradeImg, image_type: imageType, arch } = table;
  return {
    version: table.version,
    repoPath: table.repo_path,
    // The rule for the path lets no other suffix through.
    packageManager: packageManagerOf(table.repo_path) ?? 'dnf',
    agentPath: table.agent_path,
    rootPasswd: table.root_passwd,
    packages: table.rpmlist,
    legacyBios: table.legacy_bios,
    ...(upgradeImg !== undefined && { upgradeImg }),
    ...(imageType !== undefined && { imageType }),
    ...(arch !== undefined && { arch: archNames[arch] }),
  };
}

const archNames = {
  x86_64: 'amd64',
  amd64: 'amd64',
  aarch64: 'arm64',
  arm64: 'arm64',
} as const satisfies Record<string, ImageArch>;

function userOf({
  name,
  passwd,
  primary_group: primaryGroup,
  groups = [],
}: TableValues<'users'>[number]): RecipeUser {
  return { name, passwd, ...(primaryGroup !== undefined && { primaryGroup }), groups };
}

function copyFileOf({
  src,
  dst,
  create_dir: createDir,
}: TableValues<'copy_files'>[number]): CopyFile {
  return { src, dst, ...(createDir !== undefined && { createDir }) };
}

function otherKindsOf({
  pxe_config: pxe,
  admin_container: admin,
  dm_verity: verity,
}: RecipeTables): Partial<Recipe> {
  return {
    ...(pxe && { pxeConfig: pxeConfigOf(pxe) }),
    ...(admin && { adminContainer: { imgName: admin.img_name, hostshell: admin.hostshell } }),
    ...(verity && { dmVerity: dmVerityOf(verity) }),
  };
}

function pxeConfigOf(table: TableValues<'pxe_config'>): PxeConfig {
  const { local_ip: localIp, netmask, net_name: netName } = table;
  const isStatic = localIp !== undefined && netmask !== undefined && netName !== undefined;
  return {
    rootfsName: table.rootfs_name,
    disk: table.disk,
    serverIp: table.server_ip,
    routeIp: table.route_ip,
    ...(isStatic && { static: { localIp, netmask, netName } }),
  };
}

function dmVerityOf({
  efi_key: efiKey,
  grub_key: grubKey,
  keys_dir: keysDir,
}: TableValues<'dm_verity'>): DmVerity {
  return { efiKey, grubKey, ...(keysDir !== undefined && { keysDir }) };
}
