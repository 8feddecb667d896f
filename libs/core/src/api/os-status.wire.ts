/** Wire schema of `OS.status`; the shape is that of `OsStatus`, and its lists are bounded for any fleet. */
import * as z from 'zod/mini';
import { conditionsWire } from './condition.wire.ts';
import { atLeast, field, optional, time } from './wire.ts';

const pendingWire = z.object({
  node: field(z.string(), 'Name of the Node.'),
  nodeUid: field(z.string(), 'UID of the Node.'),
  seq: field(z.int(), 'Sequence number of its operation.'),
});

const admissionWire = z.object({
  epoch: field(atLeast(0), 'Raised by every new leader.'),
  lastTime: z.exactOptional(time('When the last batch was admitted; counts for `timeinterval`.')),
  pending: field(z.array(pendingWire), 'Nodes that were admitted and may not have been told yet.', {
    maxItems: 64,
  }),
});

const waitingWire = z.object({
  reason: field(z.string(), 'Why, as one CamelCase word.'),
  count: field(atLeast(0), 'How many nodes wait for this reason.'),
  examples: field(z.array(z.string()), 'Some of their names.', { maxItems: 10 }),
});

/** `OS.status`. */
export const osStatusWire = z.object({
  observedGeneration: optional(
    atLeast(0),
    'The generation of the spec that this status speaks of.',
  ),
  schemaRevision: optional(atLeast(0), 'Revision of the schema that the operator writes.'),
  nodes: optional(atLeast(0), 'Selected nodes.'),
  updated: optional(atLeast(0), 'Nodes that are as wanted.'),
  preparing: optional(atLeast(0), 'Nodes that fetch the image or plan settings, and still serve.'),
  working: optional(
    atLeast(0),
    'Nodes at work for this object: out of service, or applying settings.',
  ),
  failed: optional(atLeast(0), 'Nodes that failed this target.'),
  waiting: optional(z.array(waitingWire), 'Nodes that wait, by reason.', { maxItems: 64 }),
  message: optional(z.string(), 'The one thing that is being waited for.'),
  admission: optional(admissionWire, 'The ticket of the operator. Not to be edited.'),
  conditions: conditionsWire,
});
