import type { RootRequest } from '../root/root-tree.ts';

/** What an image is built from, and where it goes. */
export interface BuildRequest extends Omit<RootRequest, 'workDir'> {
  /** Folder of the artefacts; made where it is missing. */
  readonly output: string;
}
