/** What was found, or what is expected, by what a person calls it. */
export type Findings = Readonly<Record<string, string>>;

/** One line for each expectation that is not met. What nobody expects anything of may be as it likes. */
export function differences(about: string, expected: Findings, found: Findings): readonly string[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const actual = found[name] ?? 'nothing';
    return actual === value ? [] : [`${about}: ${name}: expected ${value}, found ${actual}`];
  });
}
