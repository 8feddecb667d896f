/** What programs read. */
import { stringify } from 'yaml';

/** An answer as JSON or YAML, under a kind of its own. */
export function machineText(format: 'json' | 'yaml', kind: string, answer: object): string {
  const object = { kind, ...answer };
  // By way of JSON: what is not there is left out in both.
  const json = JSON.stringify(object, undefined, 2);
  return format === 'json' ? `${json}\n` : stringify(JSON.parse(json));
}
