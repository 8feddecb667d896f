/** Requests of the calls: core types to messages, and messages, checked, to core types. */
import { digestWire, imageTypes, KubeosError, operationTypeWire, slotNameWire } from '@kubeos/core';
import type { AgentCalls, CallOperation, OperationTarget, Payload } from '@kubeos/core';
import type { SettingsSet } from '@kubeos/core';
import * as z from 'zod/mini';
import type { ActivateRequest__Output } from './gen/kubeos/agent/v1/ActivateRequest.ts';
import type { CancelRequest__Output } from './gen/kubeos/agent/v1/CancelRequest.ts';
import type { ConfigureRequest__Output } from './gen/kubeos/agent/v1/ConfigureRequest.ts';
import type { ConfirmRequest__Output } from './gen/kubeos/agent/v1/ConfirmRequest.ts';
import type { OperationRef } from './gen/kubeos/agent/v1/OperationRef.ts';
import type { OperationTarget as WireTarget } from './gen/kubeos/agent/v1/OperationTarget.ts';
import type { Payload as WirePayload } from './gen/kubeos/agent/v1/Payload.ts';
import type { PrepareRequest__Output } from './gen/kubeos/agent/v1/PrepareRequest.ts';
import type { RollbackRequest__Output } from './gen/kubeos/agent/v1/RollbackRequest.ts';
import { describeFault } from './schema.ts';
import { settingsSchema } from './settings-message.ts';
import { withoutUndefined } from './without-undefined.ts';
import { imageTypeWords, operationTypeWords, phaseWords, slotNameWords } from './words.ts';

/** What a call of the agent takes. */
export type RequestOf<Name extends Exclude<keyof AgentCalls, 'getStatus'>> = Parameters<
  AgentCalls[Name]
>[0];

/** The message that names an operation. */
export function operationToWire({ id, seq, type }: CallOperation): OperationRef {
  return { id, seq, type: operationTypeWords.toWire(type) };
}

/** The message of a target. */
export function targetToWire(target: OperationTarget): WireTarget {
  return { ...target, slot: slotNameWords.toWire(target.slot) };
}

/** The message of a payload. */
export function payloadToWire(payload: Payload): WirePayload {
  return { ...payload, imageType: imageTypeWords.toWire(payload.imageType) };
}

const text = z.string().check(z.minLength(1));
const operation = {
  id: z.string().check(z.minLength(1), z.maxLength(256)),
  seq: z.int().check(z.minimum(1)),
  type: operationTypeWire,
};
const confirmTimeoutSeconds = z._default(z.int().check(z.minimum(1), z.maximum(3600)), 600);

const payload = z
  .object({
    imageType: z.enum(imageTypes),
    url: z.exactOptional(text),
    image: z.exactOptional(text),
    digest: digestWire,
    allowInsecure: z.boolean(),
    mutualTls: z.boolean(),
    caCert: z.exactOptional(text),
    clientCert: z.exactOptional(text),
    clientKey: z.exactOptional(text),
  })
  .check(
    z.refine((source) => (source.imageType === 'disk' ? source.url : source.image) !== undefined, {
      path: ['url'],
      error: 'a disk image needs a URL, any other an image reference',
    }),
    z.refine(
      (source) =>
        !source.mutualTls || (source.clientCert !== undefined && source.clientKey !== undefined),
      { path: ['clientCert'], error: 'mutual TLS needs a client certificate and its key' },
    ),
  );

const target = z.object({
  version: text,
  payloadDigest: z.exactOptional(digestWire),
  slot: z.exactOptional(slotNameWire),
  slotDigest: z.exactOptional(digestWire),
});

const prepareSchema = z.object({ ...operation, version: text, payload });
const activateSchema = z.object({ ...operation, target, confirmTimeoutSeconds });
const confirmSchema = z
  .object({
    ...operation,
    bootId: text,
    slot: z.exactOptional(slotNameWire),
    slotDigest: z.exactOptional(digestWire),
  })
  .check(
    z.refine(({ type, slot }) => type === 'config' || slot !== undefined, {
      path: ['slot'],
      error: 'only a config is confirmed without a slot',
    }),
    z.refine(({ slot, slotDigest }) => (slot === undefined) === (slotDigest === undefined), {
      path: ['slotDigest'],
      error: 'slot and digest belong together',
    }),
  );
const previewSchema = z.object({ settings: settingsSchema });
const configureSchema = z.object({
  ...operation,
  phase: z.enum(['Prepare', 'Before', 'After']),
  settings: settingsSchema,
  confirmTimeoutSeconds,
});
const rollbackSchema = z.object({ ...operation, version: text, confirmTimeoutSeconds });
const cancelSchema = z.object(operation);

/** Reads a request; throws `INVALID_ARGUMENT` with the member at fault. */
export function readPrepare(wire: PrepareRequest__Output): RequestOf<'prepare'> {
  const { payload: source } = wire;
  return parse(prepareSchema, 'Prepare', wire, {
    version: wire.version,
    payload:
      source &&
      withoutUndefined({ ...source, imageType: imageTypeWords.fromWire(source.imageType) }),
  });
}

/** Reads a request; throws `INVALID_ARGUMENT` with the member at fault. */
export function readActivate(wire: ActivateRequest__Output): RequestOf<'activate'> {
  return parse(activateSchema, 'Activate', wire, {
    target:
      wire.target &&
      withoutUndefined({ ...wire.target, slot: slotNameWords.fromWire(wire.target.slot) }),
    confirmTimeoutSeconds: wire.confirmTimeoutSeconds,
  });
}

/** Reads a request; throws `INVALID_ARGUMENT` with the member at fault. */
export function readConfirm(wire: ConfirmRequest__Output): RequestOf<'confirm'> {
  return parse(confirmSchema, 'Confirm', wire, {
    bootId: wire.bootId,
    slot: slotNameWords.fromWire(wire.slot),
    slotDigest: wire.slotDigest,
  });
}

/** Reads a request; throws `INVALID_ARGUMENT` with the member at fault. */
export function readConfigure(wire: ConfigureRequest__Output): RequestOf<'configure'> {
  return parse(configureSchema, 'Configure', wire, {
    phase: phaseWords.fromWire(wire.phase),
    settings: wire.settings,
    confirmTimeoutSeconds: wire.confirmTimeoutSeconds,
  });
}

/** Reads the set that a request with `dry_run` asks about; throws `INVALID_ARGUMENT` with the member at fault. */
export function readPreview(wire: ConfigureRequest__Output): SettingsSet {
  return parse(previewSchema, 'Configure', wire, { settings: wire.settings }).settings;
}

/** Reads a request; throws `INVALID_ARGUMENT` with the member at fault. */
export function readRollback(wire: RollbackRequest__Output): RequestOf<'rollback'> {
  return parse(rollbackSchema, 'Rollback', wire, {
    version: wire.version,
    confirmTimeoutSeconds: wire.confirmTimeoutSeconds,
  });
}

/** Reads a request; throws `INVALID_ARGUMENT` with the member at fault. */
export function readCancel(wire: CancelRequest__Output): RequestOf<'cancel'> {
  return parse(cancelSchema, 'Cancel', wire, {});
}

function parse<T>(
  schema: z.ZodMiniType<T>,
  call: string,
  wire: Pick<CancelRequest__Output, 'operation'>,
  members: Readonly<Record<string, unknown>>,
): T {
  const { id, seq, type } = wire.operation ?? {};
  const parsed = schema.safeParse(
    withoutUndefined({ id, seq, type: operationTypeWords.fromWire(type), ...members }),
  );
  if (parsed.success) return parsed.data;
  throw new KubeosError('INVALID_ARGUMENT', `${call}: ${describeFault(parsed.error)}`);
}
