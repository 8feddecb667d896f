/** What a KubeOS image says of itself in `/usr/lib/os-release`. */

/** The name before every version. */
const systemName = 'KubeOS';

/** PRETTY_NAME of a version: what the `osversion` of an OS object is compared with. */
export function prettyName(version: string): string {
  return `${systemName} ${version}`;
}

/**
 * The text of os-release.
 *
 * `base` is the text of the distribution that the packages come from: its ID and what it is like itself become ID_LIKE,
 * so that programs which ask for a family still find it. Nothing else of it stays, since its links and versions are not
 * those of this system.
 */
export function osReleaseText(version: string, base = ''): string {
  const like = [valueOf(base, 'ID'), valueOf(base, 'ID_LIKE')]
    .flatMap((ids) => ids.split(' '))
    .filter((id) => /^[a-z0-9._-]+$/.test(id) && id !== systemName.toLowerCase());
  return [
    `NAME=${quoted(systemName)}`,
    `ID=${systemName.toLowerCase()}`,
    ...(like.length === 0 ? [] : [`ID_LIKE=${quoted([...new Set(like)].join(' '))}`]),
    `PRETTY_NAME=${quoted(prettyName(version))}`,
    `VERSION_ID=${/^[\w.+~-]+$/.test(version) ? version : quoted(version)}`,
    '',
  ].join('\n');
}

/** The value of the last such line, as a shell would assign it, as far as IDs need it. */
function valueOf(text: string, name: string): string {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}=`));
  const value =
    lines
      .at(-1)
      ?.slice(name.length + 1)
      .trim() ?? '';
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}

/** As os-release(5) has it: what a shell would still see within quotes is escaped. */
function quoted(value: string): string {
  return `"${value.replaceAll(/["$`\\]/g, '\\$&')}"`;
}
