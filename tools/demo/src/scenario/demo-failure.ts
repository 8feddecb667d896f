/** Something is not as it must be: one line for each expectation that was not met. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}
