import type { ImageArch, OciImageFacts } from '@kubeos/core/image';
import { programs, type ProgramName } from './programs.ts';
import { caBundlePath, nodePath } from './system/system-files.ts';

/** What all images of a build have in common. */
export interface Release {
  readonly version: string;
  /** `SOURCE_DATE_EPOCH`, in seconds. */
  readonly epochSeconds: number;
  /** Commit of the sources; absent where they are not as in a commit. */
  readonly revision?: string | undefined;
}

/** The bundle in an image. */
export interface Bundle {
  readonly path: string;
  readonly nodeOptions: readonly string[];
}

const label = (name: string): string => `org.opencontainers.image.${name}`;

/** What is said of an image, and what a container of it runs. */
export function describeImage(
  name: ProgramName,
  { version, epochSeconds, revision }: Release,
  { path, nodeOptions }: Bundle,
  architecture: ImageArch,
): OciImageFacts {
  const { description, user } = programs[name];
  return {
    ...{ architecture, version, title: name, epochSeconds },
    labels: {
      [label('description')]: description,
      [label('licenses')]: 'MulanPSL-2.0',
      [label('vendor')]: 'KubeOS',
      ...(revision !== undefined && { [label('revision')]: revision }),
    },
    process: {
      // Else Node.js takes the certificates that it was built with, and nobody could mount others.
      entrypoint: [`/${nodePath}`, '--use-openssl-ca', ...nodeOptions, `/${path}`],
      user,
      env: { PATH: '/usr/bin', SSL_CERT_FILE: `/${caBundlePath}` },
    },
  };
}
