export {
  deviceNumber,
  listBlockDevices,
  measureDevice,
  type BlockDevice,
  type DeviceFacts,
} from './block-devices.ts';
export { createBootEnvironment, defaultBootDir } from './boot-environment.ts';
export { cacheFolder } from './cache-folder.ts';
export { startChild, type Child, type ChildOptions } from './child.ts';
export { createSystemClock } from './clock.ts';
export { createDiskImage, type ImagePartition } from './disk-image.ts';
export {
  readBytesIfThere,
  readTextIfThere,
  writeFileDurably,
  type FileAccess,
} from './durable-file.ts';
export { errnoOf, isAbsence, storageError } from './errno.ts';
export { exec, type Exec, type ExecOptions, type ExecResult } from './exec.ts';
export { readGpt, type Gpt, type GptPartition, type ReadAt } from './gpt.ts';
export {
  gptReservedBytes,
  linuxPartitionType,
  renderGpt,
  type GptPiece,
  type GptPlan,
} from './gpt-layout.ts';
export { parseKernelCommandLine, type BootChoice } from './kernel-command-line.ts';
export { attachLoopDisk, type LoopDisk } from './loop-disk.ts';
export { createMachine, type MachineDeps } from './machine.ts';
export { parseMountInfo, rootDevice, type Mount } from './mount-info.ts';
export { releaseDevice, withMount, type MountOptions } from './mounts.ts';
export { createNodeLock, type NodeLockOptions } from './node-lock.ts';
export { parseOsRelease, prettyName } from './os-release.ts';
export { createPassTimer } from './pass-timer.ts';
export { createSnapshotFile, createStateFile } from './record-files.ts';
export * from './settings/index.ts';
export { resolveLinks } from './settings/resolve-links.ts';
export { agentFiles, createSlotFiles, inspectSlot, type SlotFiles } from './slot-content.ts';
export { signalExitCode } from './signal-exit-code.ts';
export {
  createSlotDevices,
  type SlotDevice,
  type SlotDevices,
  type SlotDevicesOptions,
} from './slot-devices.ts';
