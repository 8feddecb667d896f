/** The object without its members that are `undefined` or `null`: absent is absent, on the wire and in JSON. */
export function withoutUndefined(
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== null),
  );
}
