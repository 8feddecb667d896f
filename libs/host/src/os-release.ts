/**
 * Reads `NAME=value` assignments as os-release(5) describes them: values may stand in single or double quotes, and a
 * backslash takes the special meaning from the character behind it. The last assignment of a name counts; lines of
 * another shape are skipped.
 */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/u.exec(line);
    const [, name, value] = match ?? [];
    if (name !== undefined && value !== undefined) found.set(name, unquote(value.trim()));
  }
  return found;
}

/** The version of a system as everything in KubeOS compares it. The default is the one of os-release(5). */
export function prettyName(text: string): string {
  return parseOsRelease(text).get('PRETTY_NAME') ?? 'Linux';
}

function unquote(value: string): string {
  const single = /^'([^']*)'/u.exec(value);
  if (single?.[1] !== undefined) return single[1];
  const double = /^"((?:[^"\\]|\\.)*)"/u.exec(value);
  if (double?.[1] !== undefined) return double[1].replaceAll(/\\(["$`\\])/gu, '$1');
  return value.replaceAll(/\\(.)/gu, '$1');
}
