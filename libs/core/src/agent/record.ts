/** What the agent keeps in its state file on PERSIST, and how the text of that file is read. */
import * as z from 'zod/mini';
import type { AgentOperation, AgentWarning } from '../api/agent-status.ts';
import { phases, type Digest, type SlotName } from '../api/operation.ts';
import { isErrorCode, type ErrorCode } from '../errors/codes.ts';
import type { BootVars } from '../slots/index.ts';

/** Raised when an older agent could misread what a newer one wrote. */
export const recordSchema = 1;

const digest = z.custom<Digest>(
  (value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value),
);
const code = z.custom<ErrorCode>((value) => typeof value === 'string' && isErrorCode(value));
const slotName = z.enum(['A', 'B']);
const slotState = z.enum(['empty', 'ready', 'trial', 'good', 'failed']);
const count = z.int().check(z.minimum(0));
const outcomeClass = z.enum([
  ...(['bad', 'unconfirmed', 'interrupted', 'transient', 'blocked', 'lost'] as const),
]);
const warningReason = z.enum(['BootEnvRebuilt', 'RecordsLost', 'RecordsForeign']);

function ofBothSlots<T extends z.ZodMiniType>(schema: T): z.ZodMiniObject<Record<SlotName, T>> {
  return z.object({ A: schema, B: schema });
}

const Failure = z.object({
  seq: count,
  code,
  class: outcomeClass,
  message: z.string(),
  evidence: z.exactOptional(
    z.object({
      attemptsUsed: z.exactOptional(count),
      lastStage: z.exactOptional(z.string()),
      bootIds: z.exactOptional(z.array(z.string())),
      journalTail: z.exactOptional(z.string()),
    }),
  ),
});

const Operation = z.object({
  id: z.string(),
  seq: count,
  type: z.enum(['upgrade', 'rollback', 'config']),
  phase: z.enum([...phases, 'Cancel']),
  state: z.enum(['Running', 'Done', 'Failed']),
  result: z.exactOptional(
    z.enum([
      ...(['Prepared', 'Configured', 'Armed', 'Booted'] as const),
      ...(['Committed', 'Returned', 'Cancelled', 'Failed'] as const),
    ]),
  ),
  slot: z.exactOptional(slotName),
  slotDigest: z.exactOptional(digest),
  version: z.exactOptional(z.string()),
  disruption: z.exactOptional(z.enum(['none', 'restart', 'reboot'])),
  failure: z.exactOptional(Failure),
});

const Vars = z.object({
  good: slotName,
  order: z.array(slotName),
  left: ofBothSlots(count),
  slots: ofBothSlots(slotState),
  seq: count,
});

const Facts = z.object({
  version: z.exactOptional(z.string()),
  payloadDigest: z.exactOptional(digest),
  slotDigest: z.exactOptional(digest),
  /** Armed since it was written; such a slot is not taken for freshly prepared again. */
  tried: z.exactOptional(z.boolean()),
});

const Trial = z.object({
  seq: count,
  slot: slotName,
  confirmTimeoutSeconds: z.exactOptional(count),
  armedBootId: z.exactOptional(z.string()),
  armedUptimeSeconds: z.exactOptional(z.number()),
  /** Boots of the trial in which the agent ran, oldest first. */
  bootIds: z.array(z.string()),
});

const StoredRecord = z.object({
  node: z.string(),
  bootId: z.string(),
  seq: count,
  slots: ofBothSlots(Facts),
  operation: z.exactOptional(Operation),
  trial: z.exactOptional(Trial),
  held: z.boolean(),
  lastFailure: z.exactOptional(Failure),
  vars: z.exactOptional(Vars),
  notes: z.array(z.object({ reason: warningReason, message: z.string() })),
});

const State = z.object({
  schema: z.literal(recordSchema),
  current: StoredRecord,
  intent: z.exactOptional(z.object({ vars: Vars, next: StoredRecord })),
});

/** What is known of the content of a slot beside its state. */
export interface SlotFacts {
  readonly version?: string;
  readonly payloadDigest?: Digest;
  readonly slotDigest?: Digest;
  readonly tried?: boolean;
}

/** The operation as it is kept: progress is not worth a write. */
export type RecordedOperation = Omit<AgentOperation, 'progress'>;

/** A trial, from the moment it is armed. */
export interface TrialRecord {
  readonly seq: number;
  readonly slot: SlotName;
  /** Absent when the record was lost; then the default holds. */
  readonly confirmTimeoutSeconds?: number;
  /** Boot and uptime in which the candidate was armed. */
  readonly armedBootId?: string;
  readonly armedUptimeSeconds?: number;
  readonly bootIds: readonly string[];
}

/** Everything the agent remembers. */
export interface AgentRecord {
  /** Machine id of the node the record belongs to. */
  readonly node: string;
  /** Boot in which it was written last. */
  readonly bootId: string;
  /** The highest sequence number seen. */
  readonly seq: number;
  readonly slots: Readonly<Record<SlotName, SlotFacts>>;
  readonly operation?: RecordedOperation;
  /** Present while the sector shows a trial. */
  readonly trial?: TrialRecord;
  readonly held: boolean;
  readonly lastFailure?: NonNullable<AgentOperation['failure']>;
  /** The boot variables as they were last written: a result, never an intent. */
  readonly vars?: BootVars;
  /** What had to be rebuilt; kept until the next operation begins. */
  readonly notes: readonly AgentWarning[];
}

/** The state file: what holds, and what was about to hold when the sector was about to be written. */
export interface AgentState {
  readonly current: AgentRecord;
  readonly intent?: { readonly vars: BootVars; readonly next: AgentRecord };
}

/** What reading the state file gave. */
export type StateReading =
  | { readonly kind: 'ok'; readonly state: AgentState }
  /** There is no file: a fresh node, or PERSIST was lost. */
  | { readonly kind: 'none' }
  | { readonly kind: 'lost'; readonly note: AgentWarning };

/** Reads the text of the state file. What cannot be read, or belongs to another node, counts as lost. */
export function parseState(text: string | undefined, machineId: string): StateReading {
  if (text === undefined) return { kind: 'none' };
  const parsed = State.safeParse(parseJson(text));
  if (!parsed.success) {
    return lost('RecordsLost', 'The state file is broken or was written by a newer agent');
  }
  const { current, intent } = parsed.data;
  if (current.node !== machineId) {
    return lost('RecordsForeign', 'The state file belongs to another node and is not used');
  }
  return { kind: 'ok', state: intent === undefined ? { current } : { current, intent } };
}

/** The text of the state file. */
export function renderState(state: AgentState): string {
  return `${JSON.stringify({ schema: recordSchema, ...state })}\n`;
}

/** The id of the operation with this number, for the log; `undefined` where the record is of another one. */
export function operationIdOf({ operation }: AgentRecord, seq: number): string | undefined {
  return operation?.seq === seq ? operation.id : undefined;
}

/** A record that knows nothing. */
export function emptyRecord(machineId: string, seq: number): AgentRecord {
  return {
    node: machineId,
    bootId: '',
    seq,
    slots: { A: {}, B: {} },
    held: false,
    notes: [],
  };
}

function lost(reason: AgentWarning['reason'], message: string): StateReading {
  return { kind: 'lost', note: { reason, message } };
}

/** The value of a JSON text; `undefined`, which no JSON text means, when it is not one. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
