import type { SbomPackage } from '@kubeos/core/image';

/** A package of Debian. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  /** What it was built from, where that has another name. */
  readonly source?: string;
  /** What the package says of itself, in Debian's format of fields. */
  readonly control: string;
}

/** Reads what `dpkg-deb --field` prints. */
export function readControl(control: string): DebianPackage {
  const field = (name: string): string =>
    new RegExp(`^${name}:[ \\t]*(.*)$`, 'mu').exec(control)?.[1]?.trim() ?? '';
  const name = field('Package');
  // Behind the name there may be the version of the source in brackets.
  const source = field('Source').split(' ')[0] ?? '';
  return {
    ...{ name, version: field('Version'), arch: field('Architecture'), control },
    ...(source === '' || source === name ? {} : { source }),
  };
}

/** The package as the list of software has it. */
export function listedPackage(
  { name, version, arch, source }: DebianPackage,
  license: string | undefined,
): SbomPackage {
  return {
    ...{ format: 'deb', name, version, arch },
    ...(source !== undefined && { source }),
    ...(license !== undefined && { license }),
  };
}
