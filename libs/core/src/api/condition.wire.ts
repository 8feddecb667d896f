import * as z from 'zod/mini';
import { atLeast, field, optional, time } from './wire.ts';

/** One condition, in the shape of metav1.Condition. */
const conditionWire = z.object({
  type: field(z.string().check(z.maxLength(316)), 'What the condition speaks of.'),
  status: field(z.enum(['True', 'False', 'Unknown']), 'Whether it holds.'),
  reason: field(z.string().check(z.minLength(1), z.maxLength(1024)), 'Why, as one CamelCase word.'),
  message: field(z.string().check(z.maxLength(32_768)), 'Why, for people.'),
  observedGeneration: optional(atLeast(0), 'The generation of the object that was judged.'),
  lastTransitionTime: time('When the status last changed.'),
});

/** A list of conditions, keyed by type so that each can have a writer of its own. */
export const conditionsWire = optional(
  z.array(conditionWire),
  'What people and tools wait for. No decision of KubeOS reads it.',
  {
    maxItems: 32,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['type'],
  },
);
