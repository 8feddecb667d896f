/** Calls in flight and caches may be this late; a check of time forgives as much. */
export const slackMs = 180_000;
