// How long a text is, in words and in minutes.

const WORD = /[\p{L}\p{N}]/u;
const PER_MINUTE = 200;

/** The number of words of a text. */
export function countWords(text: string): number {
  let n = 0;
  for (const w of text.split(/\s+/)) if (WORD.test(w)) n++;
  return n;
}

/** The minutes that reading so many words takes: at least one, and none without words. */
export function readingMinutes(words: number): number {
  return words ? Math.max(1, Math.round(words / PER_MINUTE)) : 0;
}
