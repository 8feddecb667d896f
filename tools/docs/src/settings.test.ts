import { describe, expect, it } from '@jest/globals';
import { parseOs } from '@kubeos/core';
import { modelNamed, modelTraits, readSettings, traitsOf } from '@kubeos/core/settings';
import { parseAllDocuments } from 'yaml';
import { examplesOf, readPages } from './pages.ts';
import { settingsExamplesOf } from './settings-examples.ts';
import { play } from './settings-play.ts';

const pages = readPages();
const examples = pages.flatMap(settingsExamplesOf);
const guides = Object.keys(modelTraits)
  .map(modelNamed)
  .filter((model) => model !== undefined)
  .map((model) => ({ model, path: `docs/guides/settings/${model.replaceAll('.', '-')}.md` }));

const objects = examplesOf('yaml', 'test').flatMap(({ text, where }) =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as { readonly kind?: string; readonly metadata?: object })
    .filter(({ kind }) => kind === 'OS')
    .map((object) => ({ object, where })),
);

describe('the examples of settings', () => {
  it.each(examples)('come to what is said at $where', ({ set, told }) => {
    const { before, after = before, plan, warnings = '', error = '' } = told;
    const played = play(set, before);
    expect(played).toEqual({ after, plan: plan ?? played.plan, warnings, error });
    // What is refused has to be said.
    if (plan === undefined) expect(played.plan).not.toContain(': refused');
    expect(play(set, after).after).toBe(after);
  });

  it.each(objects)('are objects that the operator takes as they are at $where', ({ object }) => {
    const stored = { uid: '1', resourceVersion: '1', generation: 1 };
    const os = parseOs({ ...object, metadata: { ...object.metadata, ...stored } });
    expect({ problems: os.problems, warnings: os.warnings }).toEqual({
      problems: [],
      warnings: [],
    });
  });

  it('are on every page of the guide', () => {
    const without = pages
      .filter((page) => page.path.startsWith('docs/guides/settings/'))
      .filter((page) => settingsExamplesOf(page).length === 0);
    expect(without.map(({ path }) => path)).toEqual([]);
  });

  it.each(guides)('show on a page of its own what $model does', ({ model, path }) => {
    const shown = examples
      .filter(({ where, told }) => where.startsWith(`${path}:`) && told.after !== undefined)
      .flatMap(({ set }) => readSettings(set, 'sysconfigs').request?.models ?? []);
    expect(new Set(shown.map((entry) => entry.model))).toEqual(new Set([model]));
  });

  it.each(guides)('go with the file and the folders of $model', ({ model, path }) => {
    const { place } = traitsOf(model);
    const said = pages.find((page) => page.path === path)?.codes.map(({ text }) => text);
    const wanted = place.kind === 'file' ? [place.path, ...place.folders] : [];
    expect(wanted.filter((each) => said?.includes(each) !== true)).toEqual([]);
  });
});
