/**
 * Media types of images, of https://github.com/opencontainers/image-spec/blob/main/media-types.md and of docker's own
 * second schema, which means the same.
 */

/** An image of one platform. */
export const manifestTypes: readonly string[] = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** A list of images, one for each platform. */
export const indexTypes: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** Docker's first schema, signed and with layers in another order. */
export const isOldManifestType = (type: string): boolean =>
  type.startsWith('application/vnd.docker.distribution.manifest.v1+');

/** Layers that hold an archive, wrapped or not. Their encoding is told by their first bytes. */
export const layerTypes: readonly string[] = [
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.diff.tar',
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
];

/** Layers that a registry does not hold itself. */
export const isForeignLayerType = (type: string): boolean =>
  type.includes('.nondistributable.') || type.includes('.foreign.');
