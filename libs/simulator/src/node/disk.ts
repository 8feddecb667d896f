import type { Digest, SlotName } from '@kubeos/core';
import type { Random } from '../engine/random.ts';
import { digestOf, type ImageModel } from './images.ts';

/** Bytes of a disk sector: what a power cut leaves either old or new. */
const sectorBytes = 512;

/** What a slot holds. */
export type SlotMatter =
  /** Its head is zeroed: no boot loader can load it, whatever the rest is. */
  | { readonly kind: 'headless' }
  /** A whole image. `flushed` is false while a power cut could still lose or tear its head. */
  | { readonly kind: 'image'; readonly image: ImageModel; readonly flushed: boolean }
  /** Something that resembles an image but is not it: a torn write, or damage done later. */
  | { readonly kind: 'damaged'; readonly image: ImageModel; readonly scar: string };

/** Watches every write to a disk; invariants are checked there. */
export interface DiskWatch {
  slotWritten(slot: SlotName): void;
  bootBlockWritten(before: Uint8Array | undefined, after: Uint8Array | undefined): void;
  settingsWritten(): void;
}

/**
 * The disk of a node: boot block, PERSIST with the files of the node, and two slots.
 *
 * The boot block and all files are written so that they are durable when the write returns (their adapters promise
 * that); a slot is the only thing a power cut can find half written.
 */
export class Disk {
  private block: Uint8Array | undefined;
  private state: string | undefined;
  private settings: string | undefined;
  private readonly files = new Map<string, string>();
  private readonly slots: Record<SlotName, SlotMatter> = {
    A: { kind: 'headless' },
    B: { kind: 'headless' },
  };
  private readonly watch: DiskWatch;
  private lastScar = 0;
  /** True while another disk with the same labels is plugged in. */
  hasTwin = false;
  /** True while nothing can be written to PERSIST. */
  persistFull = false;

  constructor(watch: DiskWatch) {
    this.watch = watch;
  }

  get bootBlock(): Uint8Array | undefined {
    return this.block;
  }

  get stateFile(): string | undefined {
    return this.state;
  }

  /** What the agent keeps of settings. */
  get settingsState(): string | undefined {
    return this.settings;
  }

  /** Text of a file that settings lie in. */
  file(path: string): string | undefined {
    return this.files.get(path);
  }

  slot(name: SlotName): SlotMatter {
    return this.slots[name];
  }

  /** One synchronous write of the first sector. */
  writeBootSector(sector: Uint8Array): void {
    const next = new Uint8Array(this.block ?? new Uint8Array(2 * sectorBytes));
    next.set(sector.subarray(0, sectorBytes), 0);
    this.replaceBootBlock(next);
  }

  /** Puts a whole block in place, or takes it away. */
  replaceBootBlock(next: Uint8Array | undefined): void {
    const before = this.block;
    this.block = next;
    this.watch.bootBlockWritten(before, next);
  }

  replaceStateFile(text: string | undefined): void {
    this.state = text;
  }

  replaceSettingsState(text: string | undefined): void {
    this.settings = text;
    this.watch.settingsWritten();
  }

  /** Puts a whole file in place, or takes it away. */
  replaceFile(path: string, text: string | undefined): void {
    if (text === undefined) this.files.delete(path);
    else this.files.set(path, text);
  }

  writeSlot(name: SlotName, matter: SlotMatter): void {
    this.slots[name] = matter;
    this.watch.slotWritten(name);
  }

  /** What a slot was made with at the factory; nobody watches that. */
  fillSlot(name: SlotName, image: ImageModel): void {
    this.slots[name] = { kind: 'image', image, flushed: true };
  }

  /** The files of the node as the factory made them. */
  fillFiles(files: ReadonlyMap<string, string>): void {
    for (const [path, text] of files) this.files.set(path, text);
  }

  /** The boot block as the factory wrote it. */
  fillBootBlock(block: Uint8Array): void {
    this.block = block;
  }

  /** Nothing is left. */
  erase(): void {
    this.block = undefined;
    this.state = undefined;
    this.settings = undefined;
    this.files.clear();
    this.slots.A = { kind: 'headless' };
    this.slots.B = { kind: 'headless' };
  }

  /** Damages a slot behind everybody's back. */
  damageSlot(name: SlotName): void {
    const matter = this.slots[name];
    if (matter.kind === 'headless') return;
    this.lastScar += 1;
    this.slots[name] = {
      kind: 'damaged',
      image: matter.image,
      scar: `scar ${String(this.lastScar)}`,
    };
  }

  /** What was not flushed is lost, torn, or made it. */
  losePower(random: Random): void {
    for (const name of ['A', 'B'] as const) {
      const matter = this.slots[name];
      if (matter.kind !== 'image' || matter.flushed) continue;
      const fate = random.below(3);
      if (fate === 0) this.slots[name] = { kind: 'headless' };
      else if (fate === 1) this.damageSlot(name);
      else this.slots[name] = { ...matter, flushed: true };
    }
  }
}

/** Digest of what a slot holds. */
export function digestOfMatter(matter: SlotMatter): Digest {
  switch (matter.kind) {
    case 'headless':
      return digestOf('a slot without a head');
    case 'image':
      return matter.image.slotDigest;
    case 'damaged':
      return digestOf(`${matter.image.name} with ${matter.scar}`);
  }
}

/** The image that runs when the slot is booted; `undefined` when the boot loader cannot load its kernel. */
export function loadableImage(matter: SlotMatter): ImageModel | undefined {
  return matter.kind !== 'headless' && matter.image.kernelLoads ? matter.image : undefined;
}
