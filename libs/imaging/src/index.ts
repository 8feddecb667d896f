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
export { buildInitrd, type Initrd, type InitrdRequest } from './initrd/build-initrd.ts';
export { pushOciLayout, type PushedImage, type PushOptions } from './push/push-oci-layout.ts';
