import * as z from 'zod/mini';
import { KubeosError } from '../errors/kubeos-error.ts';
import { problemsOf } from './spec-issues.ts';

const ownerReferenceSchema = z.object({ kind: z.string(), uid: z.string() });

/** What is read of an object's metadata; the API server sets all of it. */
const metadataSchema = z.object({
  namespace: z._default(z.string(), ''),
  name: z.string().check(z.minLength(1)),
  uid: z.string().check(z.minLength(1)),
  resourceVersion: z.string(),
  generation: z._default(z.int(), 0),
  creationTimestamp: z._default(z.string(), ''),
  deletionTimestamp: z.exactOptional(z.string()),
  finalizers: z._default(z.array(z.string()), []),
  ownerReferences: z._default(z.array(ownerReferenceSchema), []),
});

const objectSchema = z.object({
  metadata: metadataSchema,
  spec: z.exactOptional(z.unknown()),
  status: z.exactOptional(z.unknown()),
});

/** A Kubernetes object with readable metadata; spec and status are still unread. */
export type RawObject = z.output<typeof objectSchema>;

/**
 * Reads an object's metadata. Throws `INVALID_SPEC` when it cannot be used: no such object comes from an API server,
 * so the caller has handed over something else.
 */
export function parseMetadata(object: unknown, kind: string): RawObject {
  const read = objectSchema.safeParse(object);
  if (read.success) return read.data;
  const [first] = problemsOf(read.error, kind);
  throw new KubeosError(
    'INVALID_SPEC',
    `Cannot read the metadata of an ${kind}: ${first?.path ?? kind} ${first?.message ?? ''}`,
  );
}
