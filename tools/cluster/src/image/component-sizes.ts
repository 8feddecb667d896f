/** What takes the room in an image of a node. */

/** The parts that are told apart, and where they lie. */
const places = {
  kubelet: ['usr/bin/kubelet'],
  node: ['usr/lib/kubeos/node'],
  agent: ['usr/lib/kubeos/os-agent.cjs'],
  containerd: ['usr/bin/containerd', 'usr/bin/containerd-shim-runc-v2', 'usr/bin/ctr'],
  runc: ['usr/sbin/runc'],
  cni: ['opt/cni/'],
  kernel: ['boot/', 'usr/lib/modules/'],
  images: ['usr/lib/kubeos/images/'],
} as const satisfies Record<string, readonly string[]>;

/** A part of an image; `system` is all that has no part of its own. */
export type Component = keyof typeof places | 'system';

/** Bytes of the files of each part. */
export type ComponentSizes = Readonly<Record<Component, number>>;

const parts = Object.keys(places) as (keyof typeof places)[];

/** Adds up what `tar --list --verbose` says of the archive of a root file system. */
export function componentSizes(listing: string): ComponentSizes {
  const sizes = Object.fromEntries([...parts, 'system'].map((part) => [part, 0])) as Record<
    Component,
    number
  >;
  const line = /^-\S+ +\S+ +(?<size>\d+) +\S+ +\S+ \.\/(?<path>.+)$/gmu;
  for (const { groups } of listing.matchAll(line)) {
    const path = groups?.['path'] ?? '';
    const part = parts.find((name) => places[name].some((place) => isAt(path, place))) ?? 'system';
    sizes[part] += Number(groups?.['size']);
  }
  return sizes;
}

function isAt(path: string, place: string): boolean {
  return place.endsWith('/') ? path.startsWith(place) : path === place;
}
