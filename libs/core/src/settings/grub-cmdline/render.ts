/** Writes a `grub.cfg`. */
import type { GrubConfig, KernelLine } from './parse.ts';

/** The text of a document: of one that was not changed, the text that it was read from. */
export function renderGrubConfig({ texts, lines }: GrubConfig): string {
  return texts[0] + renderLine(lines[0]) + texts[1] + renderLine(lines[1]) + texts[2];
}

function renderLine({ command, path, args }: KernelLine): string {
  return [command, path, ...args].map(({ gap, raw }) => gap + raw).join('');
}
