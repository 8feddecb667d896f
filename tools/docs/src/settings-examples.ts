/** Examples of settings in the documents: what is asked for, and what the page says becomes of it. */
import type { SettingsSet } from '@kubeos/core';
import { parse } from 'yaml';
import type { Fence } from './markdown.ts';
import type { Page } from './pages.ts';

/** What the blocks behind a request can say of it. */
export const exampleParts = ['before', 'after', 'plan', 'warnings', 'error'] as const;

/** A request, and the blocks that follow it. */
export interface SettingsExample {
  /** Where it stands: page and line. */
  readonly where: string;
  readonly set: SettingsSet;
  readonly told: Readonly<Partial<Record<(typeof exampleParts)[number], string>>>;
}

/**
 * The examples of a page. A request is a block `yaml entry`, a list as below `configs`, or `yaml test`, a whole object; the
 * blocks up to the next one say what becomes of it. An object may stand for itself. Throws for a request of which nothing
 * is said, and for a block that says something of nothing.
 */
export function settingsExamplesOf({
  path,
  fences,
}: Pick<Page, 'path' | 'fences'>): readonly SettingsExample[] {
  const starts = fences.flatMap((fence, index) => (isRequest(fence) ? [index] : []));
  const strays = fences.slice(0, starts[0]).filter(isPart);
  for (const { line } of strays) throw new Error(`${path}:${line}: there is no request before it`);
  return starts.flatMap((start, index) => {
    const [request, ...others] = fences.slice(start, starts[index + 1]);
    if (request === undefined) return [];
    const where = `${path}:${request.line}`;
    const said = others.filter(isPart);
    const told = Object.fromEntries(said.map(({ use, text }) => [use, text]));
    if (Object.keys(told).length < said.length)
      throw new Error(`${where}: something is said twice`);
    if (request.use === 'test' && said.length === 0) return [];
    const isTold = ['after', 'plan', 'error'].some((part) => part in told);
    if (!isTold) throw new Error(`${where}: nothing is said of what becomes of it`);
    return [{ where, set: setOf(request), told }];
  });
}

function isRequest({ language, use }: Fence): boolean {
  return language === 'yaml' && (use === 'entry' || use === 'test');
}

function isPart({ use }: Fence): boolean {
  return exampleParts.some((part) => part === use);
}

/** Of an object what follows the switch, or else what comes before it. */
function setOf({ use, text }: Fence): SettingsSet {
  if (use === 'entry') return { configs: parse(text) as NonNullable<SettingsSet['configs']> };
  const { spec } = parse(text) as {
    readonly spec: { readonly sysconfigs?: SettingsSet; readonly upgradeconfigs?: SettingsSet };
  };
  return spec.sysconfigs ?? spec.upgradeconfigs ?? {};
}
