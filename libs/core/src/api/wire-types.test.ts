import { describe, expect, it } from '@jest/globals';
import type * as z from 'zod/mini';
import type { agentStatusWire } from './agent-status.wire.ts';
import type { AgentStatus } from './agent-status.ts';
import type { historyWire, operationWire } from './operation.wire.ts';
import type { Operation, OperationHistory } from './operation.ts';
import type { osInstanceSpecWire, osInstanceStatusWire } from './os-instance.wire.ts';
import type { OsInstanceSpec, OsInstanceStatus } from './os-instance.ts';
import type { osStatusWire } from './os-status.wire.ts';
import type { OsStatus } from './os.ts';

/** A type with every member there, each beside whether it may be left out: then nothing is assignable but the same. */
type Bare<T> = T extends readonly (infer E)[]
  ? Bare<E>[]
  : T extends object
    ? {
        -readonly [K in keyof T]-?: [
          Bare<T[K]>,
          Partial<Pick<T, K>> extends Pick<T, K> ? 'optional' : 'required',
        ];
      }
    : T;

type Same<A, B> = [Bare<A>, Bare<B>] extends [Bare<B>, Bare<A>] ? true : false;

/**
 * A member that only the interface has would be dropped by the API server, one that only the schema has would be read
 * by nobody. Neither compiles.
 */
const same: {
  readonly operation: Same<z.output<typeof operationWire>, Operation>;
  readonly history: Same<z.output<typeof historyWire>, OperationHistory>;
  readonly agent: Same<z.output<typeof agentStatusWire>, AgentStatus>;
  readonly instanceSpec: Same<z.output<typeof osInstanceSpecWire>, OsInstanceSpec>;
  readonly instanceStatus: Same<z.output<typeof osInstanceStatusWire>, OsInstanceStatus>;
  readonly osStatus: Same<z.output<typeof osStatusWire>, OsStatus>;
} = {
  operation: true,
  history: true,
  agent: true,
  instanceSpec: true,
  instanceStatus: true,
  osStatus: true,
};

describe('the wire schemas', () => {
  it('have the members of the interfaces, no more and no fewer', () => {
    expect(Object.values(same)).not.toContain(false);
  });
});
