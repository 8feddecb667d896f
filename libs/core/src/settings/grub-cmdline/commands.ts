/** Puts the tokens of a `grub.cfg` together to commands and the menu entries around them (`grub-core/script/parser.y`). */
import type { Fault, Token, WordToken } from './lexer.ts';

/** A command with its arguments, in whatever block it stands. */
export interface Command {
  /** The first one names it. */
  readonly words: readonly WordToken[];
  /** The command that opens the innermost menu entry around it. */
  readonly entry: Command | undefined;
  /** False when it holds something that GRUB's grammar has no place for, or opens a block. */
  readonly isPlain: boolean;
}

interface Block {
  readonly at: number;
  readonly entryOutside: Command | undefined;
}

/** Words that can come before a command on its line; `!` turns its result around. */
const leading: ReadonlySet<string> = new Set('if elif else then while until do !'.split(' '));

/** The commands of a script in their order, or the brace that has no other. */
export function readCommands(tokens: readonly Token[]): readonly Command[] | Fault {
  const commands: Command[] = [];
  const blocks: Block[] = [];
  let pending: Token[] = [];
  let entry: Command | undefined;
  for (const token of tokens) {
    pending.push(token);
    if (token.kind === 'word' || token.kind === 'fault') continue;
    const command = commandOf(pending, entry);
    pending = [];
    commands.push(command);
    if (token.kind === 'open') {
      blocks.push({ at: token.start, entryOutside: entry });
      if (command.words[0]?.text === 'menuentry') entry = command;
    } else if (token.kind === 'close') {
      const block = blocks.pop();
      if (block === undefined) {
        return { at: token.start, message: 'A closing brace has no opening one' };
      }
      entry = block.entryOutside;
    }
  }
  const open = blocks.at(-1);
  if (open !== undefined) return { at: open.at, message: 'A block is not closed' };
  return [...commands, commandOf(pending, entry)];
}

function commandOf(tokens: readonly Token[], entry: Command | undefined): Command {
  const words = tokens.filter((token) => token.kind === 'word');
  const first = words.findIndex(({ text }) => !leading.has(text));
  const isPlain = tokens.every(({ kind }) => kind !== 'fault' && kind !== 'open');
  return { words: first === -1 ? [] : words.slice(first), entry, isPlain };
}
