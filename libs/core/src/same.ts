type Members = Readonly<Record<string, unknown>>;

/** True when both values are the same JSON; the order of members and members that are `undefined` do not matter. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => isSame(item, b[index]));
  }
  return hasMembersOf(a as Members, b as Members) && hasMembersOf(b as Members, a as Members, true);
}

/** True when every member of the second is in the first, with the same value unless only the names are asked for. */
function hasMembersOf(whole: Members, part: Members, namesOnly = false): boolean {
  for (const key of Object.keys(part)) {
    const value = part[key];
    if (value === undefined) continue;
    if (namesOnly ? whole[key] === undefined : !isSame(value, whole[key])) return false;
  }
  return true;
}
