import type { NodeChange, NodeSelector, Os, OsSpec, SpecProblem } from '@kubeos/core';
import type { ApiServer } from './api-server.ts';
import { changeNode } from './operator-api.ts';

/** Field manager of what people do with kubectl. */
const fieldManager = 'kubectl';

/** What an admin writes into an `OS`. */
export interface OsWish {
  readonly selector: NodeSelector;
  /** Absent: what was written is not valid. */
  readonly spec: OsSpec | undefined;
}

const invalid: readonly SpecProblem[] = [{ path: 'spec.osversion', message: 'Expected a text' }];

/** People at keyboards: they write past everybody's guards, as `kubectl` does. */
export class People {
  private readonly server: ApiServer;
  private readonly wallTime: () => string;

  constructor(server: ApiServer, wallTime: () => string) {
    this.server = server;
    this.wallTime = wallTime;
  }

  createOs(name: string, wish: OsWish): Os {
    return this.server.putOs({
      namespace: 'default',
      name,
      uid: this.server.newUid('os'),
      resourceVersion: '0',
      generation: 1,
      creationTimestamp: this.wallTime(),
      finalizers: [],
      deleting: false,
      warnings: [],
      status: {},
      ...wished(wish),
    });
  }

  editOs(uid: string, wish: OsWish): void {
    const os = this.server.oses.get(uid);
    if (os === undefined || os.deleting) return;
    const { spec: _before, ...rest } = os;
    this.server.putOs({ ...rest, generation: os.generation + 1, ...wished(wish) });
  }

  deleteOs(uid: string): void {
    this.server.deleteOs(uid);
  }

  changeNode(name: string, change: NodeChange): void {
    const record = this.server.nodes.get(name);
    if (record !== undefined) changeNode(this.server, record.view, change, fieldManager);
  }
}

function wished({ selector, spec }: OsWish): Pick<Os, 'selector' | 'spec' | 'problems'> {
  return spec === undefined ? { selector, problems: invalid } : { selector, spec, problems: [] };
}
