import { describe, expect, it } from '@jest/globals';

import { Display, type Picture } from './display.ts';

const picture: Picture = {
  rows: [
    {
      node: 'n1',
      runs: 'A 1',
      slotA: '1 good',
      slotB: 'empty',
      cluster: 'Ready',
      pods: '2',
      now: '',
    },
  ],
  os: 'OS wants 2',
  service: 'Deployment: 6 of 6 pods serve',
};

function display(isTerminal: boolean): { readonly shown: Display; readonly text: () => string } {
  let written = '';
  const screen = {
    write: (text: string): void => void (written += text),
    isTerminal,
    width: 80,
  };
  return {
    shown: new Display(screen, () => 1.25),
    text: () => written.replaceAll('\u001B', '<ESC>'),
  };
}

describe('the display on a terminal', () => {
  it('draws the table anew over the old one', () => {
    const { shown, text } = display(true);
    shown.show(picture);
    const once = text();
    shown.show(picture);
    expect(text()).toBe(`${once}<ESC>[5A<ESC>[0J${once}`);
    expect(once).toContain('n1    A 1   1 good  empty   Ready    2');
  });

  it('puts lines that stay above the table', () => {
    const { shown, text } = display(true);
    shown.show(picture);
    const before = text();
    shown.say('hello');
    expect(text()).toBe(`${before}<ESC>[5A<ESC>[0J[   1.3 s] hello\n`);
  });
});

describe('the display without a terminal', () => {
  it('says what has changed, once, and draws nothing', () => {
    const { shown, text } = display(false);
    shown.show(picture);
    const first = text();
    expect(first.split('\n')).toHaveLength(3);
    shown.show(picture);
    expect(text()).toBe(first);
    shown.show({ ...picture, os: 'OS wants 3' });
    expect(text()).toBe(`${first}[   1.3 s] OS wants 3\n`);
    expect(text()).not.toContain('<ESC>');
  });
});
