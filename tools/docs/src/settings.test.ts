import { describe, expect, it } from '@jest/globals';
import { parseOs } from '@kubeos/core';
import { modelTraits, traitsOf, type ModelName } from '@kubeos/core/settings';
import { parseAllDocuments } from 'yaml';
import { examplesOf, readPages } from './pages.ts';
import { settingsExamplesOf } from './settings-examples.ts';
import { play } from './settings-play.ts';

const pages = readPages();
const examples = pages.flatMap(settingsExamplesOf);
const guides = Object.keys(modelTraits).map((model) => {
  const name = model as ModelName;
  return { model: name, path: `docs/guides/settings/${name.replaceAll('.', '-')}.md` };
});

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
    expect({ ...played, models: [] }).toEqual({
      models: [],
      ...(after === undefined ? {} : { after }),
      plan: plan ?? played.plan,
      warnings,
      error,
    });
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

  it.each(guides)('show on a page of its own what $model does', ({ model, path }) => {
    const shown = examples
      .filter(({ where, told }) => where.startsWith(`${path}:`) && told.after !== undefined)
      .map(({ set, told }) => play(set, told.before).models);
    expect(shown).not.toEqual([]);
    expect(shown.flat().filter((other) => other !== model)).toEqual([]);
  });

  it.each(guides)('go with the file and the folders of $model', ({ model, path }) => {
    const { place } = traitsOf(model);
    const said = pages.find((page) => page.path === path)?.codes.map(({ text }) => text);
    const wanted = place.kind === 'file' ? [place.path, ...place.folders] : [];
    expect(wanted.filter((each) => said?.includes(each) !== true)).toEqual([]);
  });
});
