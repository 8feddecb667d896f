/** How apt is told what to fetch, without a trace of the packages of this machine. */
import { join } from 'node:path';
import type { ImageArch } from '@kubeos/core/image';
import type { DebianArchives } from '@kubeos/vm';

/** The Debian that libraries come from, whatever the build machine has; its glibc is also that of images of nodes. */
export const suite = 'trixie';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The archives of Debian as they were at a time: the name of a snapshot of https://snapshot.debian.org. */
export function snapshotArchives(time: string): DebianArchives {
  const at = (archive: string): string => `http://snapshot.debian.org/archive/${archive}/${time}`;
  return { main: at('debian'), security: at('debian-security') };
}

/** Renders the list of sources. Indices of a snapshot are valid for ever, and signed all the same. */
export function renderSources({ main, security }: DebianArchives, isSnapshot: boolean): string {
  const options = `[signed-by=${keyring}${isSnapshot ? ' check-valid-until=no' : ''}]`;
  return [
    `deb ${options} ${main} ${suite} main`,
    `deb ${options} ${security} ${suite}-security main`,
    '',
  ].join('\n');
}

/**
 * Renders the configuration for a folder of apt's own. `settings` of this machine say which way leads to the archives;
 * nothing else of this machine counts.
 */
export function renderConfiguration(folder: string, arch: ImageArch, settings: string): string {
  const at = (name: string): string => JSON.stringify(join(folder, name));
  return `Dir::Etc::Main "/dev/null";
Dir::Etc::Parts "/dev/null";
Dir::Etc::SourceList ${at('sources.list')};
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State ${at('state')};
Dir::State::status ${at('status')};
Dir::Cache ${at('cache')};
APT::Architecture "${arch}";
APT::Architectures { "${arch}"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
${settings}`;
}
