import { apiGroup, apiVersion, type Condition, type Os } from '@kubeos/core';
import type { ApiClient } from '@kubeos/kube';
import * as z from 'zod/mini';

import type { Observer } from '../cluster/observer.ts';
import type { PlayedNode } from '../node/make-node.ts';
import { pause } from '../pause.ts';
import type { Display } from '../view/display.ts';
import { DemoFailure } from './demo-failure.ts';
import { differences, type Findings } from './differences.ts';
import { findOnNode } from './node-findings.ts';

/** An image on the server. */
export interface OfferedImage {
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
}

/** What the steps of the demo work with. */
export interface StageParts {
  readonly nodes: readonly PlayedNode[];
  readonly api: ApiClient;
  readonly observer: Observer;
  readonly display: Display;
  readonly signal: AbortSignal;
}

const osName = 'fleet';
const pollMilliseconds = 100;
/** What the API server shows may be a moment behind what has happened. */
const settleSeconds = 20;

const appliedSchema = z.object({ metadata: z.object({ generation: z.number() }) });

/** The set-up cluster, and what every step does with it. */
export class Stage {
  readonly parts: StageParts;

  constructor(parts: StageParts) {
    this.parts = parts;
  }

  say(line: string): void {
    this.parts.display.say(line);
  }

  /** Writes the `OS` object as an admin would; gives its generation. */
  async applyOs(spec: Readonly<Record<string, unknown>>): Promise<number> {
    const answer = await this.parts.api.request({
      method: 'PATCH',
      path: `/apis/${apiGroup}/${apiVersion}/namespaces/default/os/${osName}`,
      query: { fieldManager: 'admin', force: true },
      contentType: 'application/apply-patch+yaml',
      body: {
        apiVersion: `${apiGroup}/${apiVersion}`,
        kind: 'OS',
        metadata: { name: osName, namespace: 'default' },
        spec,
      },
    });
    return appliedSchema.parse(answer).metadata.generation;
  }

  /** The `OS` object once the operator has looked at this generation, as last seen. */
  os(generation: number): Os | undefined {
    for (const os of this.parts.observer.stores.oses.items()) {
      if (os.name === osName && (os.status.observedGeneration ?? 0) >= generation) return os;
    }
    return undefined;
  }

  /** A condition of the `OS` once the operator has looked at this generation. */
  condition(generation: number, type: string): Condition | undefined {
    return this.os(generation)?.status.conditions?.find((one) => one.type === type);
  }

  /** A condition of the `OSInstance` of a node, as last seen. */
  nodeCondition(node: string, type: string): Condition | undefined {
    const { instances } = this.parts.observer.stores;
    return instances.get(node)?.status.conditions?.find((one) => one.type === type);
  }

  /** True while any node has an operation open. */
  hasOpenOperation(): boolean {
    const instances = [...this.parts.observer.stores.instances.items()];
    return instances.some(({ spec }) => spec.operation !== undefined);
  }

  /** Waits until nothing is missing; fails with what is missing at the deadline. */
  async until(seconds: number, missing: () => string | undefined): Promise<void> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      const text = missing();
      if (text === undefined) return;
      if (performance.now() > deadline) throw new DemoFailure([`after ${seconds} s: ${text}`]);
      await this.sleep(pollMilliseconds);
    }
  }

  /** Waits; throws the signal's reason when it ends the wait. */
  async sleep(milliseconds: number): Promise<void> {
    if (!(await pause(milliseconds, this.parts.signal))) this.parts.signal.throwIfAborted();
  }

  /** Reads every node afresh until all are as expected; fails with every difference that stays. */
  async verifyNodes(expected: (node: PlayedNode) => Findings): Promise<void> {
    await this.verifySoon(async () => {
      const lines: string[] = [];
      for (const node of this.parts.nodes) {
        const found = await findOnNode(node, this.parts.api);
        lines.push(...differences(node.name, expected(node), found));
      }
      return lines;
    });
  }

  /** Reads afresh until nothing differs; fails with every difference that stays. */
  async verifySoon(readDifferences: () => Promise<readonly string[]>): Promise<void> {
    const deadline = performance.now() + settleSeconds * 1000;
    for (;;) {
      const lines = await readDifferences();
      if (lines.length === 0) return;
      if (performance.now() > deadline) throw new DemoFailure(lines);
      await this.sleep(pollMilliseconds);
    }
  }

  /** Fails with the differences, if there are any. */
  verify(about: string, expected: Findings, found: Findings): void {
    const lines = differences(about, expected, found);
    if (lines.length > 0) throw new DemoFailure(lines);
  }
}
