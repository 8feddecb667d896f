/** Words of other programs, made fit for everybody's eyes: what they quote can come from a file that holds secrets. */

/** In quotes, where the quote within `\"` is none and neither is the apostrophe of `can't`; behind `=`; or in braces. */
const values =
  /"(?:\\.|[^"])*(?:"|$)|`[^`]*(?:`|$)|(?<!\w)'(?:\\.|[^'])*(?:'|$)|(?<==\s*)[^\s"'`{]+|\{[^]*$/gu;

/** The text as one line, with `"..."` for all values in it. */
export function withoutValues(text: string): string {
  return text.replaceAll(values, '"..."').replaceAll(/\s+/gu, ' ').trim();
}
