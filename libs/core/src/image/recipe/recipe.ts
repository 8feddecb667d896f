/** What an image is made from, as the recipe (`kbimg.toml`) says it once it has been checked. */

/** The kinds of images that kbimg's command line knows. Which of them are built, `checkRecipeFor` says. */
export const imageKinds = ['vm-img', 'upgrade-img', 'pxe-img', 'admin-container'] as const;

/** A kind of image. */
export type ImageKind = (typeof imageKinds)[number];

/** The processor an image is for, in the words of OCI and Debian. */
export type ImageArch = 'amd64' | 'arm64';

/** Where something is written in a recipe; both count from 1, the column in UTF-16 units. */
export interface RecipePlace {
  readonly line: number;
  readonly column: number;
}

/** Something that is wrong with a recipe. Never holds a value of the recipe, so no secret either. */
export interface RecipeIssue extends RecipePlace {
  /** Key as TOML names it, with places in lists from 0: `users[0].name`; empty for the file itself. */
  readonly path: string;
  /** What was expected. */
  readonly message: string;
}

/** A file of the build host, and the key that names it. */
export interface RecipeFile extends RecipePlace {
  /** As the recipe writes it. */
  readonly file: string;
  /** Path of the key, as in `RecipeIssue`. */
  readonly path: string;
  /** `any`: a file or a folder. */
  readonly expected: 'file' | 'any';
}

/**
 * A recipe that was read, or everything that is wrong with it in the order of the file. `files` are those that have to
 * be there, as far as the text says it.
 */
export type RecipeResult = { readonly files: readonly RecipeFile[] } & (
  | { readonly kind: 'ok'; readonly recipe: Recipe }
  | { readonly kind: 'invalid'; readonly issues: readonly RecipeIssue[] }
);

/**
 * A valid recipe. Paths of the build host are as the file writes them: relative ones are for the caller to
 * resolve. Nothing in here is text of a shell.
 */
export interface Recipe {
  readonly fromRepo: FromRepo;
  readonly users: readonly RecipeUser[];
  readonly copyFiles: readonly CopyFile[];
  readonly grub?: { readonly passwd: string };
  /** Names of units to enable, with their suffix: `sshd.service`. */
  readonly systemdServices: readonly string[];
  readonly chrootScript?: ChrootScript;
  readonly diskPartition: DiskPartition;
  /** Folders of PERSIST, relative to it. */
  readonly persistMkdir: readonly string[];
  readonly pxeConfig?: PxeConfig;
  readonly adminContainer?: AdminContainer;
  readonly dmVerity?: DmVerity;
  /** Where each key and table is written, by its path as in `RecipeIssue`. */
  readonly places: ReadonlyMap<string, RecipePlace>;
}

/** The packages and files of the root file system. */
export interface FromRepo {
  /** Version of the image without `KubeOS `. */
  readonly version: string;
  /** The list of repositories on the build host. */
  readonly repoPath: string;
  /** What installs the packages, by the suffix of `repoPath`: `.repo`, or `.sources` and `.list`. */
  readonly packageManager: 'dnf' | 'apt';
  /** The agent's program on the build host. */
  readonly agentPath: string;
  /** Secret: hash of root's password for `/etc/shadow`. */
  readonly rootPasswd: string;
  /** `rpmlist`. */
  readonly packages: readonly string[];
  /** Boot with BIOS too. */
  readonly legacyBios: boolean;
  /** Reference of the upgrade image. */
  readonly upgradeImg?: string;
  readonly imageType?: ImageKind;
  readonly arch?: ImageArch;
}

/** A user to create. */
export interface RecipeUser {
  readonly name: string;
  /** Secret: the password itself. */
  readonly passwd: string;
  /** Group of the user's own name if left out. */
  readonly primaryGroup?: string;
  /** Further groups, which have to exist. */
  readonly groups: readonly string[];
}

/** A file or folder of the build host that is copied into the image as `cp -r` does. */
export interface CopyFile {
  readonly src: string;
  /** Absolute path in the image, maybe with a `/` at its end; a folder that exists takes `src` in under its own name. */
  readonly dst: string;
  /** A folder of the image to create first. */
  readonly createDir?: string;
}

/** A script that is run within the image. */
export interface ChrootScript {
  readonly path: string;
  /** Remove it from the image afterwards. */
  readonly rm: boolean;
}

/** Sizes on the disk. */
export interface DiskPartition {
  /** Size of each of the two root partitions in MiB. */
  readonly rootMib: number;
  /** Size of the disk in GiB. */
  readonly imgSizeGib: number;
}

/** How a machine that boots from the network installs itself. */
export interface PxeConfig {
  readonly rootfsName: string;
  readonly disk: string;
  readonly serverIp: string;
  readonly routeIp: string;
  /** Its address; `undefined` for DHCP. */
  readonly static?: {
    readonly localIp: string;
    readonly netmask: string;
    readonly netName: string;
  };
}

/** The container from which nodes are reached. */
export interface AdminContainer {
  readonly imgName: string;
  readonly hostshell: string;
}

/** Keys of images whose root is verified. */
export interface DmVerity {
  /** Secret. */
  readonly efiKey: string;
  /** Secret. */
  readonly grubKey: string;
  readonly keysDir?: string;
}
