/** Answers and progress, both ways; on the client they are checked as they come in. */
import { agentStatusWire, KubeosError } from '@kubeos/core';
import type { AgentStatus, OperationProgress, PhaseAnswer } from '@kubeos/core';
import type * as z from 'zod/mini';
import type { GetStatusResponse__Output } from './gen/kubeos/agent/v1/GetStatusResponse.ts';
import type { OperationProgress__Output } from './gen/kubeos/agent/v1/OperationProgress.ts';
import type { PhaseAnswer as WireAnswer } from './gen/kubeos/agent/v1/PhaseAnswer.ts';
import type { PhaseAnswer__Output } from './gen/kubeos/agent/v1/PhaseAnswer.ts';
import { answerSchema, describeFault, progressSchema } from './schema.ts';
import { statusFromWire } from './status-message.ts';
import { withoutUndefined } from './without-undefined.ts';
import { phaseResultWords, slotNameWords } from './words.ts';

/** The response of every call that ends a phase. */
export interface Answered {
  readonly answer?: PhaseAnswer__Output | null;
}

/** The message of an answer. */
export function answerToWire(answer: PhaseAnswer): WireAnswer {
  return {
    ...answer,
    result: phaseResultWords.toWire(answer.result),
    slot: slotNameWords.toWire(answer.slot),
  };
}

/** Reads an answer; throws `UNSUPPORTED` when this program does not understand it. */
export function readAnswer({ answer: wire }: Answered): PhaseAnswer {
  return parse(answerSchema, {
    ...wire,
    result: phaseResultWords.fromWire(wire?.result),
    slot: slotNameWords.fromWire(wire?.slot),
  });
}

/** Reads progress; throws `UNSUPPORTED` when this program does not understand it. */
export function readProgress(wire: OperationProgress__Output): OperationProgress {
  return parse(progressSchema, { ...wire });
}

/** Reads a status; throws `UNSUPPORTED` when this program does not understand it. */
export function readStatus({ status }: GetStatusResponse__Output): AgentStatus {
  return parse(agentStatusWire, status === null ? undefined : statusFromWire(status));
}

function parse<T>(schema: z.ZodMiniType<T>, members: unknown): T {
  const parsed = schema.safeParse(
    typeof members === 'object' && members !== null ? withoutUndefined({ ...members }) : members,
  );
  if (parsed.success) return parsed.data;
  throw new KubeosError(
    'UNSUPPORTED',
    `Reading the agent's answer: ${describeFault(parsed.error)}`,
  );
}
