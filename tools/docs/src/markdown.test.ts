import { describe, expect, it } from '@jest/globals';
import { readMarkdown } from './markdown.ts';

const page = `# What it is: a title

See [the other page](other.md#part) and \`npm test\`.

\`\`\`sh test
echo [no](link) \`no code\`
\`\`\`

## Again
## Again
`;

describe('reading a page', () => {
  it('finds fenced blocks with language, use and place', () => {
    const text = 'echo [no](link) `no code`\n';
    expect(readMarkdown(page).fences).toEqual([{ line: 6, language: 'sh', use: 'test', text }]);
  });

  it('finds links and inline code outside of blocks', () => {
    const { links, codes } = readMarkdown(page);
    expect(links).toEqual([{ line: 3, target: 'other.md#part' }]);
    expect(codes).toEqual([{ line: 3, text: 'npm test' }]);
  });

  it('takes no link out of inline code', () => {
    expect(readMarkdown('`[a](b)` [c](d)').links).toEqual([{ line: 1, target: 'd' }]);
  });

  it('names headings as GitHub does', () => {
    const anchors = [...readMarkdown(page).anchors];
    expect(anchors).toEqual(['what-it-is-a-title', 'again', 'again-1']);
  });

  it('refuses a block without an end', () => {
    expect(() => readMarkdown('```sh test\necho')).toThrow('line 2');
  });
});
