const superblockOffset = 1024;
const magicOffset = superblockOffset + 0x38;

/** So many bytes at the start of a file system tell what it is and how long. */
export const fileSystemHeaderBytes = 2048;

/**
 * Length of the ext4 file system that starts with these bytes, by its own superblock; `undefined` when there is none.
 * https://docs.kernel.org/filesystems/ext4/globals.html#super-block
 */
export function ext4Length(header: Buffer): number | undefined {
  if (header.length < fileSystemHeaderBytes || header.readUInt16LE(magicOffset) !== 0xef53) {
    return undefined;
  }
  const superblock = header.subarray(superblockOffset);
  const is64Bit = (superblock.readUInt32LE(0x60) & 0x80) !== 0;
  const high = is64Bit ? superblock.readUInt32LE(0x150) : 0;
  const logBlockBytes = superblock.readUInt32LE(0x18);
  if (logBlockBytes > 6) return undefined;
  const length = (high * 2 ** 32 + superblock.readUInt32LE(0x04)) * (1024 << logBlockBytes);
  return length === 0 ? undefined : length;
}
