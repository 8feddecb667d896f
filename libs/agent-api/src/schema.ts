/** What may come over the wire or out of `status.json`, checked once at the edge. */
import { isErrorCode, phases } from '@kubeos/core';
import type { AgentCapability, AgentStatus, AgentWarning, Digest, PhaseAnswer } from '@kubeos/core';
import * as z from 'zod/mini';

const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** `sha256:` and 64 hexadecimal digits in lower case. */
export const digestSchema = z.custom<Digest>(
  (value) => typeof value === 'string' && digestPattern.test(value),
  'expected sha256: and 64 hexadecimal digits in lower case',
);

/** A count or a size: a whole number from 0 that a double holds exactly. */
export const countSchema = z.int().check(z.minimum(0));

/** The name of a slot. */
export const slotNameSchema = z.enum(['A', 'B']);

/** The type of an operation. */
export const operationTypeSchema = z.enum(['upgrade', 'rollback', 'config']);

const phaseResultSchema = z.enum([
  ...(['Prepared', 'Armed', 'Booted', 'Committed', 'Returned', 'Cancelled', 'Failed'] as const),
]);

/** How far a step has come. */
export const progressSchema = z.object({
  step: z.string(),
  bytesDone: countSchema,
  bytesTotal: z.exactOptional(countSchema),
});

/** The outcome of a phase. */
export const answerSchema: z.ZodMiniType<PhaseAnswer> = z.object({
  result: phaseResultSchema,
  slot: z.exactOptional(slotNameSchema),
  slotDigest: z.exactOptional(digestSchema),
  version: z.exactOptional(z.string()),
});

const evidenceSchema = z.object({
  attemptsUsed: z.exactOptional(countSchema),
  lastStage: z.exactOptional(z.string()),
  bootIds: z.exactOptional(z.array(z.string())),
  journalTail: z.exactOptional(z.string()),
});

// The code of a newer agent keeps its name in the message; what a failure means is in its class.
const failureSchema = z.pipe(
  z.object({
    seq: countSchema,
    code: z.string(),
    class: z.enum(['bad', 'unconfirmed', 'interrupted', 'transient', 'blocked', 'lost']),
    message: z.string(),
    evidence: z.exactOptional(evidenceSchema),
  }),
  z.transform(({ code, ...failure }) =>
    isErrorCode(code)
      ? { ...failure, code }
      : { ...failure, code: 'UNSUPPORTED' as const, message: `${code}: ${failure.message}` },
  ),
);

const operationSchema = z.object({
  id: z.string(),
  seq: countSchema,
  type: operationTypeSchema,
  phase: z.enum([...phases, 'Cancel']),
  state: z.enum(['Running', 'Done', 'Failed']),
  result: z.exactOptional(phaseResultSchema),
  progress: z.exactOptional(progressSchema),
  slot: z.exactOptional(slotNameSchema),
  slotDigest: z.exactOptional(digestSchema),
  version: z.exactOptional(z.string()),
  failure: z.exactOptional(failureSchema),
});

const slotSchema = z.object({
  state: z.enum(['empty', 'ready', 'trial', 'good', 'failed']),
  version: z.exactOptional(z.string()),
  payloadDigest: z.exactOptional(digestSchema),
  slotDigest: z.exactOptional(digestSchema),
  sizeBytes: z.exactOptional(countSchema),
});

const capabilities: Readonly<Record<AgentCapability, true>> = {
  disk: true,
  oci: true,
  rollback: true,
  settings: true,
};
const warnings: Readonly<Record<AgentWarning['reason'], true>> = {
  BootEnvRebuilt: true,
  RecordsLost: true,
  RecordsForeign: true,
  ForeignBoot: true,
  AmbiguousDisk: true,
  PersistFull: true,
  UpstreamBootEnv: true,
  FellBack: true,
};

// A newer agent may know words that this program does not: they are left out.
const capabilitiesSchema = z.pipe(
  z.array(z.string()),
  z.transform((words) =>
    words.filter((word): word is AgentCapability => Object.hasOwn(capabilities, word)),
  ),
);
const warningsSchema = z.pipe(
  z.array(z.object({ reason: z.string(), message: z.string() })),
  z.transform((list) => list.filter(isKnownWarning)),
);

function isKnownWarning(warning: {
  readonly reason: string;
  readonly message: string;
}): warning is AgentWarning {
  return Object.hasOwn(warnings, warning.reason);
}

/** The status of a node. Members that are not known are dropped. */
export const statusSchema: z.ZodMiniType<AgentStatus> = z.object({
  apiVersion: z.string(),
  agentVersion: z.string(),
  capabilities: capabilitiesSchema,
  revision: countSchema,
  bootId: z.string(),
  bootedSlot: z.exactOptional(slotNameSchema),
  bootWhy: z.enum(['good', 'trial', 'fallback', 'lastresort', 'manual', 'unknown']),
  version: z.string(),
  slots: z.object({ A: slotSchema, B: slotSchema }),
  seq: countSchema,
  held: z.boolean(),
  operation: z.exactOptional(operationSchema),
  lastFailure: z.exactOptional(failureSchema),
  warnings: warningsSchema,
});

/** Where the first fault lies and what it is, for a message: `slots.A.state: Invalid option ...`. */
export function describeFault(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return error.message;
  const path = issue.path.map(String).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
