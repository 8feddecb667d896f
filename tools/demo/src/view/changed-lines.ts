/**
 * The lines by which two texts differ, as diff(1) marks them: `-` before what is gone, `+` before what is new. A longest
 * common subsequence stays unmentioned.
 */
export function changedLines(before: string, after: string): readonly string[] {
  const old = linesOf(before);
  const now = linesOf(after);
  const lengths = commonLengths(old, now);
  const common = (i: number, j: number): number => lengths[i]?.[j] ?? -1;
  const changes: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (old[i] === now[j]) [i, j] = [i + 1, j + 1];
    else if (common(i + 1, j) >= common(i, j + 1)) changes.push(`- ${old[i++] ?? ''}`);
    else changes.push(`+ ${now[j++] ?? ''}`);
  }
  return changes;
}

/** How many lines the texts have in common from each pair of lines on. */
function commonLengths(old: readonly string[], now: readonly string[]): readonly number[][] {
  const lengths: number[][] = Array.from({ length: old.length + 1 }, () =>
    Array.from({ length: now.length + 1 }, () => 0),
  );
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (row === undefined) continue;
      const below = lengths[i + 1];
      row[j] =
        old[i] === now[j] ? 1 + (below?.[j + 1] ?? 0) : Math.max(below?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
