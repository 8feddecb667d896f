/** Objects of Kubernetes as the chart renders them. */
import { parseAllDocuments } from 'yaml';

/** An object as far as its kind does not matter. */
export interface ChartObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [member: string]: unknown;
}

/** Reads what helm prints. Throws what the parser finds wrong. */
export function objectsOf(text: string): readonly ChartObject[] {
  return parseAllDocuments(text, { version: '1.1' }).flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw problem;
    const object = document.toJS() as ChartObject | null;
    return object === null ? [] : [object];
  });
}
