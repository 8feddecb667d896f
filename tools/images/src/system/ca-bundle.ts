/**
 * Joins certificates into one bundle, in the order of their names, as update-ca-certificates(8) does. Each ends with a
 * line end, whatever its file has there.
 */
export function joinCertificates(certificates: ReadonlyMap<string, string>): string {
  return [...certificates]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => `${text.trimEnd()}\n`)
    .join('');
}
