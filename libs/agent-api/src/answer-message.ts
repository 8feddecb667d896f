/** Answers and progress, both ways; on the client they are checked as they come in. */
import { agentStatusWire, KubeosError, settingsStatusWire } from '@kubeos/core';
import type { AgentStatus, ConfigureAnswer, HeldSettings, OperationProgress } from '@kubeos/core';
import type { PhaseAnswer, SettingsReport, SettingsStatus } from '@kubeos/core';
import * as z from 'zod/mini';
import type { ConfigureResponse__Output } from './gen/kubeos/agent/v1/ConfigureResponse.ts';
import type { GetDriftResponse__Output } from './gen/kubeos/agent/v1/GetDriftResponse.ts';
import type { GetSettingsResponse__Output } from './gen/kubeos/agent/v1/GetSettingsResponse.ts';
import type { GetStatusResponse__Output } from './gen/kubeos/agent/v1/GetStatusResponse.ts';
import type { OperationProgress__Output } from './gen/kubeos/agent/v1/OperationProgress.ts';
import type { PhaseAnswer as WireAnswer } from './gen/kubeos/agent/v1/PhaseAnswer.ts';
import type { PhaseAnswer__Output } from './gen/kubeos/agent/v1/PhaseAnswer.ts';
import { answerSchema, describeFault, progressSchema, reportSchema } from './schema.ts';
import { settingsSchema } from './settings-message.ts';
import { reportFromWire } from './settings-report-message.ts';
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

/** Reads how a set was planned or applied; throws `UNSUPPORTED` when this program does not understand it. */
export function readConfigured(wire: ConfigureResponse__Output): ConfigureAnswer {
  return { ...readAnswer(wire), report: readReport(wire) };
}

/** Reads what a set comes to; throws `UNSUPPORTED` when this program does not understand it. */
export function readReport({ report }: ConfigureResponse__Output): SettingsReport {
  return parse(reportSchema, report === null ? undefined : reportFromWire(report));
}

/** The sets that hold, and what is known of them. */
export interface NodeSettings extends HeldSettings {
  /** Absent from an agent that applies no settings. */
  readonly status?: SettingsStatus;
}

const settingsOfNode: z.ZodMiniType<NodeSettings> = z.object({
  before: z.exactOptional(settingsSchema),
  after: z.exactOptional(settingsSchema),
  status: z.exactOptional(settingsStatusWire),
});

/** Reads the sets that hold; throws `UNSUPPORTED` when this program does not understand them. */
export function readSettings(wire: GetSettingsResponse__Output): NodeSettings {
  return parse(settingsOfNode, { ...wire });
}

/** Reads what a look for drift has found; throws `UNSUPPORTED` when this program does not understand it. */
export function readDrift({ status }: GetDriftResponse__Output): SettingsStatus {
  return parse(settingsStatusWire, status);
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
