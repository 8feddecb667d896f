import type { Result } from './result.ts';

/** What a measurement gets from its caller. */
export interface CaseContext {
  /** Everything it makes lies in it; programs carry it in their environment, so that nothing outlives the run. */
  readonly folder: string;
  /** Takes progress lines. */
  readonly say: (line: string) => void;
  /** Ends it at any moment. */
  readonly signal: AbortSignal;
}

/** One measurement with all its figures. */
export interface Case {
  readonly name: string;
  readonly run: (context: CaseContext) => Promise<readonly Result[]>;
}
