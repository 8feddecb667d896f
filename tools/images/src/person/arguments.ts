/** What the tool was asked for on its command line. */
import { parseArgs } from 'node:util';
import { KubeosError, parseImageReference } from '@kubeos/core';
import type { ImageArch } from '@kubeos/core/image';
import { programNames, type ProgramName } from '../programs.ts';

/** A command line, understood. */
export type Request =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'build';
      readonly output: string;
      readonly architectures: readonly [ImageArch, ...ImageArch[]];
      readonly programs: readonly ProgramName[];
      /** What stands before `kubeos/NAME`: a registry, and maybe a path in it. */
      readonly push?: string;
      readonly snapshot?: string;
    };

/** How to use the tool. */
export const helpText = `Builds the container images kubeos/os-operator and kubeos/os-proxy, without a container engine.

  npm run images                          both, for amd64 and arm64, into dist/images
  npm run images -- --push REGISTRY       pushes them too: REGISTRY/kubeos/os-operator:VERSION, as an
                                          index of both platforms, with the credentials that docker keeps
  npm run images -- --output DIR          another folder
  npm run images -- --arch ARCH           for amd64 or arm64 alone
  npm run images -- --image NAME          os-operator or os-proxy alone
  npm run images -- --snapshot TIME       with libraries of Debian as of 20261101T000000Z and the like

Of each image there are an OCI layout (a folder), an archive of it (.tar) and a list of software for each
platform (.spdx.json); images.json has all digests. With the same sources and packages the same SOURCE_DATE_EPOCH
(seconds; default: time of the commit) gives the same bytes.
`;

const architectures: readonly ImageArch[] = ['amd64', 'arm64'];

const options = {
  push: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'dist/images' },
  arch: { type: 'string' },
  image: { type: 'string' },
  snapshot: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the command line. Throws `INVALID_ARGUMENT` for anything that is not understood. */
export function readArguments(argv: readonly string[]): Request {
  const { push, output, arch, image, snapshot, help } = parse(argv);
  if (help) return { kind: 'help' };
  if (push !== undefined) checkRegistry(push);
  if (snapshot !== undefined && !/^\d{8}T\d{6}Z$/u.test(snapshot)) {
    throw wrong('--snapshot is a time such as 20261101T000000Z');
  }
  const [first, ...others] =
    arch === undefined ? architectures : [oneOf(architectures, 'arch', arch)];
  if (first === undefined) throw new RangeError('There are architectures');
  return {
    kind: 'build',
    output,
    architectures: [first, ...others],
    programs: image === undefined ? programNames : [oneOf(programNames, 'image', image)],
    ...(push !== undefined && { push }),
    ...(snapshot !== undefined && { snapshot }),
  };
}

function oneOf<T extends string>(known: readonly T[], option: string, given: string): T {
  const found = known.find((name) => name === given);
  if (found !== undefined) return found;
  throw wrong(`--${option} is ${known.join(' or ')}, not "${given}"`);
}

/** Told before a build, not after it. A name without a point or a port would be a folder of docker.io. */
function checkRegistry(registry: string): void {
  const [host = ''] = registry.split('/');
  if (!/[.:]|^localhost$/u.test(host) || registry.includes('://')) {
    throw wrong(
      `--push is a registry such as registry.example.org or registry.example.org:5000/team, not "${registry}"`,
    );
  }
  parseImageReference(`${registry}/kubeos/${programNames[0]}:0`);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function wrong(problem: string, cause?: unknown): KubeosError {
  return new KubeosError('INVALID_ARGUMENT', `${problem} (see npm run images -- --help)`, {
    cause,
  });
}
