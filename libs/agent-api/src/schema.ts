/** What may come back over the wire, beside the status (`agentStatusWire` of core), checked once at the edge. */
import { digestWire, slotNameWire } from '@kubeos/core';
import type { OperationProgress, PhaseAnswer, SettingsReport } from '@kubeos/core';
import * as z from 'zod/mini';

const count = z.int().check(z.gte(0));

/** How far a step has come. */
export const progressSchema: z.ZodMiniType<OperationProgress> = z.object({
  step: z.string(),
  bytesDone: count,
  bytesTotal: z.exactOptional(count),
});

/** The outcome of a phase. */
export const answerSchema: z.ZodMiniType<PhaseAnswer> = z.object({
  result: z.enum([
    ...(['Prepared', 'Configured', 'Armed', 'Booted'] as const),
    ...(['Committed', 'Returned', 'Cancelled', 'Failed'] as const),
  ]),
  slot: z.exactOptional(slotNameWire),
  slotDigest: z.exactOptional(digestWire),
  version: z.exactOptional(z.string()),
});

/** What a set of settings comes to. */
export const reportSchema: z.ZodMiniType<SettingsReport> = z.object({
  models: z.array(
    z.object({
      model: z.string(),
      path: z.exactOptional(z.string()),
      settings: z.array(
        z.object({
          key: z.string(),
          outcome: z.enum(['unchanged', 'set', 'added', 'removed', 'refused']),
          reason: z.exactOptional(z.string()),
        }),
      ),
    }),
  ),
  disruption: z.enum(['none', 'restart', 'reboot']),
  pendingRestarts: z.array(z.string()),
  rebootPending: z.boolean(),
});

/** Where the first fault lies and what it is, for a message: `slots.A.state: Invalid option ...`. */
export function describeFault(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return error.message;
  const path = issue.path.map(String).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
