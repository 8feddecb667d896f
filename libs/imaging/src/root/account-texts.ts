import { KubeosError } from '@kubeos/core';
import type { AccountFiles } from '@kubeos/core/image';

/** Who may call the agent; the number is part of manifests too, so that pods can have it. */
const kubeosGroup = { name: 'kubeos', gid: '6552' };

/**
 * Adds the group of the agent's socket, so that it is there before systemd-sysusers runs. Throws
 * `INVALID_CONFIGURATION` where the image has its number or its name for something else.
 */
export function withKubeosGroup(files: AccountFiles): AccountFiles {
  const { name, gid } = kubeosGroup;
  const groups = files.group.split('\n').map((line) => line.split(':'));
  const taken = groups.find(([itsName, , itsGid]) => (itsName === name) !== (itsGid === gid));
  if (taken !== undefined) {
    throw new KubeosError(
      'INVALID_CONFIGURATION',
      `The image has the group ${taken[0] ?? ''} with gid ${taken[2] ?? ''}: gid ${gid} has to be that of ${name}`,
    );
  }
  if (groups.some(([itsName]) => itsName === name)) return files;
  const { gshadow } = files;
  return {
    ...files,
    group: withLine(files.group, `${name}:x:${gid}:`),
    ...(gshadow === undefined ? {} : { gshadow: withLine(gshadow, `${name}:!::`) }),
  };
}

/**
 * The day on which the passwords of an image count as changed: that of its sources. Never day 0, which shadow(5) takes for
 * a password that has to be changed at the first login.
 */
export function lastChangeDayOf(epochSeconds: number): number {
  return Math.max(1, Math.floor(epochSeconds / 86_400));
}

/**
 * Gives every account a line in `/etc/shadow`, without a password. Systems without the programs that change passwords
 * have no such file, or one with some of the accounts.
 */
export function completeShadow(files: AccountFiles, lastChangeDay: number): AccountFiles {
  const namesOf = (text: string): readonly string[] =>
    text
      .split('\n')
      .flatMap((line) => (line.includes(':') ? [line.slice(0, line.indexOf(':'))] : []));
  const there = namesOf(files.shadow);
  const missing = namesOf(files.passwd).filter((name) => !there.includes(name));
  const shadow = missing.reduce(
    (text, name) => withLine(text, `${name}:*:${lastChangeDay}:0:99999:7:::`),
    files.shadow,
  );
  return { ...files, shadow };
}

function withLine(text: string, line: string): string {
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}
