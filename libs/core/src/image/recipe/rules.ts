/** What the texts of a recipe have to be. Each rule says so in words for messages and for the reference. */
import { hasControlCharacter } from '../../settings/characters.ts';

/** A rule for a text. */
export interface TextRule {
  /** What is expected, for `Expected ...`. */
  readonly expected: string;
  accepts(text: string): boolean;
}

/** Something to see, and nothing that ends a line. */
function isPlain(text: string): boolean {
  return text.trim() !== '' && !hasControlCharacter(text);
}

/** Anything on one line. */
export const someText: TextRule = {
  expected: 'a text on one line that is not empty',
  accepts: isPlain,
};

/** As many as openssl-passwd(1) takes; it would cut the rest off. */
const longestPassword = 256;

/** The password of a user. */
export const passwordText: TextRule = {
  expected: `${someText.expected}, of at most ${longestPassword} bytes`,
  accepts: (text) => isPlain(text) && utf8Bytes(text) <= longestPassword,
};

function utf8Bytes(text: string): number {
  return Array.from(text).reduce((sum, character) => {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) return sum + 1;
    if (point < 0x800) return sum + 2;
    return sum + (point < 0x1_0000 ? 3 : 4);
  }, 0);
}

/** A password of the boot menu. What looks like its hash goes into a script of GRUB as it is, and has to be one. */
export const menuPassword: TextRule = {
  expected: `${someText.expected}, or a whole hash as grub-mkpasswd-pbkdf2 prints it`,
  accepts: (text) =>
    isPlain(text) &&
    (!text.startsWith('grub.pbkdf2.') ||
      /^grub\.pbkdf2\.sha512\.\d+\.(?:[0-9A-Fa-f]{2})+\.(?:[0-9A-Fa-f]{2})+$/.test(text)),
};

const shellCharacters = /[|;&><,#!$]/;

/** Upstream puts these into shell scripts. Nothing here does, but a recipe is valid for both or for none. */
export const noShellText: TextRule = {
  expected: 'a text that is not empty and has none of | ; & > < , # ! $',
  accepts: (text) => isPlain(text) && !shellCharacters.test(text),
};

/** What follows `KubeOS ` in PRETTY_NAME; an OS object can name up to 255 characters of both. */
export const versionText: TextRule = {
  expected:
    'a version of at most 248 ASCII characters, no blank at its ends, none of | ; & > < , # ! $ \' " ` \\',
  accepts: (text) => /^(?! )[ -~]{1,248}(?<! )$/.test(text) && !/[|;&><,#!$'"`\\]/.test(text),
};

/** The list of repositories; its suffix says what installs the packages. */
export const repoPath: TextRule = {
  expected: 'a file named .repo (dnf), .sources or .list (apt), its path without | ; & > < , # ! $',
  accepts: (text) => noShellText.accepts(text) && packageManagerOf(text) !== undefined,
};

/** What installs packages from such a list. */
export function packageManagerOf(path: string): 'dnf' | 'apt' | undefined {
  if (path.endsWith('.repo')) return 'dnf';
  return path.endsWith('.sources') || path.endsWith('.list') ? 'apt' : undefined;
}

/** A hash as crypt(5) has them, of a named method; or no password that fits. */
export const passwordHash: TextRule = {
  expected: 'a password hash such as `openssl passwd -6` prints, or "*" or "!" for none',
  accepts: (text) => /^(?:\$[0-9a-z]+\$[!-9;-~]{8,}|[*!]+)$/.test(text),
};

/** An argument of apt or dnf that names a package, and is neither an option nor a removal. */
export const packageName: TextRule = {
  expected: 'the name of a package',
  accepts: (text) => /^[A-Za-z0-9@](?:[\w.+:~=^*@/-]*[\w.+*])?$/.test(text),
};

/** Upstream's rule for names of container images. */
export const imageName: TextRule = {
  expected: 'the name of an image, such as registry.example/kubeos:1.0, with a tag or a digest',
  accepts: (text) =>
    /^(?:[\w.-]+(?::\d+)?\/)*[\w.-]+(?::[\w.-]+|@sha256:[0-9a-fA-F]{64})?$/.test(text),
};

/** As useradd(8) and groupadd(8) take them. */
export const accountName: TextRule = {
  expected:
    'a name of at most 32 letters, digits, "_", "-" and ".", not of digits alone, not beginning with "-" or "."',
  accepts: isAccountName,
};

/** As above, for a user that a recipe may create. */
export const userName: TextRule = {
  expected: `${accountName.expected}, and not root: its password is from_repo.root_passwd`,
  accepts: (text) => isAccountName(text) && text !== 'root',
};

function isAccountName(text: string): boolean {
  return text.length <= 32 && /^(?!\d+$)\w[\w.-]*\$?$/.test(text);
}

/** Where systems put what is not on a disk. */
const volatileFolders = /^\/(?:dev|proc|run|sys)(?:\/|$)/;

/** A place in the image that is still there when it runs. */
export const imagePath: TextRule = {
  expected:
    'an absolute path without "//", "." and ".." between its slashes, not below /dev, /proc, /run or /sys',
  accepts: (text) =>
    text.startsWith('/') &&
    isPlain(text) &&
    (text === '/' || hasPlainSegments(text.slice(1).replace(/\/$/, ''))) &&
    !volatileFolders.test(text),
};

/** A folder below another one. */
export const relativePath: TextRule = {
  expected: 'a relative path without "//", "." and ".." between its slashes',
  accepts: (text) => isPlain(text) && hasPlainSegments(text),
};

function hasPlainSegments(path: string): boolean {
  return path.split('/').every((part) => part !== '' && !/^\.\.?$/.test(part));
}

/** As systemd.unit(5) has them, but nothing that could be an option; `sshd` is sshd.service. */
export const unitName: TextRule = {
  expected: 'the name of a systemd unit',
  accepts: (text) => {
    const name = withUnitSuffix(text);
    return name.length <= 255 && /^[\w:.\\][\w:.\\@-]*\.[a-z]+$/.test(name);
  },
};

const unitSuffix =
  /\.(?:service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;

/** The name of a unit as systemd completes it. */
export function withUnitSuffix(name: string): string {
  return unitSuffix.test(name) ? name : `${name}.service`;
}

/** An IPv4 address. */
export const dottedQuad: TextRule = {
  expected: 'an IPv4 address, such as 192.168.1.10',
  accepts: (text) =>
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255),
};
