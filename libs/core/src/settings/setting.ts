/** What is asked of a node's settings and what becomes of it, in the same terms for all models. */

/** One wanted setting, in the order of the request. */
export interface Setting {
  /** Name in the terms of the model. */
  readonly key: string;
  /** Any JSON value; `undefined` when the request has none, which the text models take for the empty text. */
  readonly value?: unknown;
  /** `delete` removes; the empty text, or none, adds or updates. */
  readonly operation?: string;
}

/**
 * What becomes of one setting.
 *
 * - `unchanged`: the node has what is wanted already.
 * - `set`: there is another value, which is replaced.
 * - `added`: there is none yet.
 * - `removed`: it is there and goes.
 * - `refused`: it cannot be done, and nothing is written for this key; `reason` says why.
 */
export type SettingOutcome = 'unchanged' | 'set' | 'added' | 'removed' | 'refused';

/** What becomes of one setting of a request; plans keep the order of the request. */
export interface SettingPlan {
  /** As the request wrote it. */
  readonly key: string;
  readonly outcome: SettingOutcome;
  /** Why it is refused, as a sentence for people that holds no value, because it goes into status and logs. */
  readonly reason?: string;
  /**
   * The value before and after as text; absent where there is none. For whoever asks for a preview on the node: a file
   * can hold secrets, so neither goes into a log or into the cluster.
   */
  readonly before?: string;
  readonly after?: string;
}

/** What becomes of a file. */
export type FilePlan =
  | {
      readonly kind: 'planned';
      readonly settings: readonly SettingPlan[];
      /** The whole new text; equal to the old one when nothing changes, absent when there is no file and needs none. */
      readonly text?: string;
    }
  /** The file cannot be edited safely, so that the whole request fails. */
  | {
      readonly kind: 'unreadable';
      /** Counted from 1; absent where the fault is of the whole file. */
      readonly line?: number;
      /** What was expected, as a sentence for people that quotes nothing of the file. */
      readonly message: string;
    };
