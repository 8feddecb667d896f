import { imageTypes, type AgentCapability, type Digest } from '@kubeos/core';
import { hashText } from '../engine/random.ts';

/**
 * How far a system comes when it is booted.
 *
 * - `agent`: os-agent starts.
 * - `brokenAgent`: os-agent and its return units are there but the agent always fails; its unit reboots the machine.
 * - `panic`, `hang`: the kernel starts and no program of ours ever does.
 */
export type BootReach = 'agent' | 'brokenAgent' | 'panic' | 'hang';

/**
 * What becomes of the kubelet once the agent runs: it gets Ready, never does, does but with DaemonSet pods that never
 * are, or reports another `osImage` than the slot's version.
 */
export type Health = 'ready' | 'neverReady' | 'daemonSetsNeverReady' | 'otherOsImage';

/** A root file system image: what is inside decides how it behaves, not a flag on the node. */
export interface ImageModel {
  readonly name: string;
  /** PRETTY_NAME inside. */
  readonly version: string;
  /** Digest of the download. */
  readonly payloadDigest: Digest;
  /** Digest of a slot that holds it. */
  readonly slotDigest: Digest;
  readonly sizeBytes: number;
  /** os-agent and its return units are inside. */
  readonly hasAgent: boolean;
  /** The boot loader finds kernel and initrd. */
  readonly kernelLoads: boolean;
  readonly reach: BootReach;
  readonly health: Health;
  readonly agentVersion: string;
  readonly capabilities: readonly AgentCapability[];
}

/** A digest that belongs to a text; unlike texts have unlike digests as far as a simulation is concerned. */
export function digestOf(text: string): Digest {
  let hex = '';
  for (let index = 0; index < 8; index += 1) {
    hex += hashText(`${text}#${String(index)}`)
      .toString(16)
      .padStart(8, '0');
  }
  return `sha256:${hex}`;
}

/** Makes an image; without options it is a sound one. */
export function anImage(
  name: string,
  version: string,
  options: Partial<Omit<ImageModel, 'name' | 'version'>> = {},
): ImageModel {
  return {
    name,
    version,
    payloadDigest: digestOf(`payload of ${name}`),
    slotDigest: digestOf(`slot of ${name}`),
    sizeBytes: 1 << 30,
    hasAgent: true,
    kernelLoads: true,
    reach: 'agent',
    health: 'ready',
    agentVersion: '1.0.0',
    capabilities: [...imageTypes, 'rollback', 'settings'],
    ...options,
  };
}

/**
 * How a URL is served: well, not at all, other bytes than announced, with the connection breaking every time, or so slowly
 * that nothing arrives.
 */
export type Delivery = 'sound' | 'notFound' | 'otherBytes' | 'breaks' | 'stalls';

/** What lies behind one URL. */
export interface PayloadSource {
  readonly image: ImageModel;
  readonly delivery: Delivery;
}

/** The server that payloads are fetched from. */
export class PayloadServer {
  private readonly sources = new Map<string, PayloadSource>();

  publish(url: string, source: PayloadSource): void {
    this.sources.set(url, source);
  }

  at(url: string): PayloadSource | undefined {
    return this.sources.get(url);
  }
}
