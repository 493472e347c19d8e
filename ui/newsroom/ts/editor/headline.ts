// Headlines: the case that Indonesian headlines have, and their length.

const SMALL = new Set(["di", "ke", "dari", "dan", "yang", "pada", "dengan", "atau", "untuk"]);

/** Up to so many characters a headline fits everywhere. Where lists cut it, the page says. */
export const GOOD_LENGTH = 70;

const upperFirst = (s: string): string => s.replace(/\p{L}/u, (c) => c.toLocaleUpperCase("id"));
const hasInnerCapital = (s: string): boolean => /\p{L}.*\p{Lu}/u.test(s);

/** A word's case: first letter upper, reduplications in both halves, what has capitals inside as it is. */
function word(w: string, first: boolean): string {
  const bare = w.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
  if (!bare || hasInnerCapital(bare) || /^\p{N}/u.test(bare)) return w;
  if (SMALL.has(bare.toLowerCase()) && !first) return w.toLocaleLowerCase("id");
  const [a, b, ...more] = bare.split("-");
  if (a && b && !more.length && a.toLowerCase() === b.toLowerCase()) return w.replace(bare, `${upperFirst(a)}-${upperFirst(b)}`);
  return upperFirst(w);
}

/** A headline in headline case. Acronyms stay as they are typed. */
export function headlineCase(headline: string): string {
  let text = headline.trim().replace(/\s+/g, " ");
  const words = text.split(" ").filter((w) => /\p{L}/u.test(w));
  // Shouted as a whole: capitals say nothing then.
  if (words.length > 3 && text === text.toLocaleUpperCase("id")) text = text.toLocaleLowerCase("id");
  let first = true;
  return text
    .split(" ")
    .map((w) => {
      const out = word(w, first || /^["'“‘(]/.test(w));
      if (/[\p{L}\p{N}]/u.test(w)) first = /[.:?!]["'”’)]*$/.test(w);
      return out;
    })
    .join(" ");
}

/** The number of characters of a headline as people count them. */
export function lengthOf(headline: string): number {
  return [...headline.trim()].length;
}
