/** The few building blocks of the wire schemas. What they attach is for the CRD and the reference pages. */
import * as z from 'zod/mini';
import type { Digest, SlotName } from './operation.ts';

/** JSON Schema members and Kubernetes extensions that are written into the CRD as they are. */
export type SchemaExtras = Readonly<Record<string, unknown>>;

/** The schema with the sentence that describes it to people. */
export function field<T extends z.ZodMiniType>(
  schema: T,
  description: string,
  extras: SchemaExtras = {},
): T {
  return schema.check(z.meta({ description, ...extras }));
}

/** A member that may be left out. */
export function optional<T extends z.ZodMiniType>(
  schema: T,
  description: string,
  extras: SchemaExtras = {},
): z.ZodMiniExactOptional<T> {
  return z.exactOptional(field(schema, description, extras));
}

/** A whole number that is not below a least one. */
export function atLeast(minimum: number): z.ZodMiniNumberFormat {
  return z.int().check(z.gte(minimum));
}

/**
 * A word of a list that may grow: words this version does not know become `other`, so that a newer part of KubeOS is
 * never refused by an older one.
 */
export function openWord<const W extends string>(
  known: readonly W[],
  other: W,
): z.ZodMiniType<W, string> {
  return z.pipe(
    z.string(),
    z.transform((text) => known.find((word) => word === text) ?? other),
  );
}

/** One of the two slots. */
export const slotNameWire = z.enum(['A', 'B'] satisfies SlotName[]);

/** `sha256:` and 64 hexadecimal digits in lower case. */
export const digestWire: z.ZodMiniType<Digest, string> = z.pipe(
  z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/)),
  z.transform((text): Digest => `sha256:${text.slice('sha256:'.length)}`),
);

/** A moment as RFC 3339 text. The format is for the API server; nothing here computes with such times. */
export function time(description: string): z.ZodMiniString {
  return field(z.string(), description, { format: 'date-time' });
}
