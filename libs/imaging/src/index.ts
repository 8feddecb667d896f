/** Builds images of nodes. */
export type { BuildContext } from './build-context.ts';
export { espFiles, type EspFile } from './boot/esp-files.ts';
export {
  buildBiosGrub,
  buildEfiGrub,
  type BiosBootPlace,
  type EfiGrub,
  type GrubRequest,
} from './boot/grub-image.ts';
export { grubPasswordHash } from './boot/grub-password.ts';
export { writeImageArgs } from './boot/image-args.ts';
export { buildUpgradeImage, layoutName } from './build/build-upgrade-image.ts';
export { buildVmImage } from './build/build-vm-image.ts';
export type { BuildRequest } from './build/request.ts';
export { withOutputFolder, type OutputFolder } from './build/output-folder.ts';
export { readElf, type ElfNeeds } from './elf/elf.ts';
export { collectLibraries, type ProgramFiles } from './elf/libraries.ts';
export { buildInitrd, type Initrd, type InitrdRequest } from './initrd/build-initrd.ts';
export {
  buildLayer,
  writeContainerImage,
  type BuiltLayer,
  type ContainerImage,
  type ContainerImageRequest,
  type ContainerPlatform,
} from './oci/container-image.ts';
export { layerEntries, type LayerFile } from './oci/layer-files.ts';
export { archiveLayout, type ArchiveRequest } from './oci/layout.ts';
export { personPushOptions } from './push/person-options.ts';
export { licenseOfCopyright } from './root/licenses.ts';
export { digestFile, type FileDigest } from './artefacts/files.ts';
export { pushOciLayout, type PushedImage, type PushOptions } from './push/push-oci-layout.ts';
