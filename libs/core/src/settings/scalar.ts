/**
 * The text of a value in the models whose files hold plain text: a text is itself, a number or truth value its JSON, none
 * the empty text. `undefined` for lists and objects, which have no such text.
 */
export function scalarText(value: unknown): string | undefined {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean'
    ? JSON.stringify(value)
    : undefined;
}

/** What is said of a value that has no plain text. */
export const notScalar = 'The value has to be a text, a number or a truth value';
