// The fields beside the body in canonical form: one text for equal values, and
// a value of the right type where there is nothing.

/** A person in a role, in the order of the byline. */
export interface Credit {
  person: number;
  role: string;
}

/** What a story opens with. */
export interface Lead {
  picture?: number;
  caption?: string;
  credit?: string;
  alt?: string;
  video?: { provider: string; url: string; title?: string };
}

const NUMBERS = new Set(["section", "verifies"]);
const NUMBER_LISTS = new Set(["sources", "topics", "related"]);

const numbers = (v: unknown): number[] => (Array.isArray(v) ? v.map(Number).filter((n) => Number.isSafeInteger(n) && n > 0) : []);
const word = (v: unknown): string => (typeof v === "string" ? v : "");

function lead(v: unknown): Lead {
  const given = (typeof v === "object" && v !== null ? v : {}) as Record<string, unknown>;
  const out: Lead = {};
  const picture = Number(given.picture);
  if (Number.isSafeInteger(picture) && picture > 0) out.picture = picture;
  if (word(given.caption)) out.caption = word(given.caption);
  if (word(given.credit)) out.credit = word(given.credit);
  if (word(given.alt)) out.alt = word(given.alt);
  const video = given.video as Record<string, unknown> | null | undefined;
  if (video && word(video.url)) {
    out.video = { provider: word(video.provider), url: word(video.url) };
    if (word(video.title)) out.video.title = word(video.title);
  }
  return out;
}

/** The canonical value of a field by its name in the story's JSON. */
export function fieldValue(name: string, v: unknown): unknown {
  if (NUMBERS.has(name)) return Number(v) || 0;
  if (NUMBER_LISTS.has(name)) return [...new Set(numbers(v))];
  if (name === "labels") return Array.isArray(v) ? v.map(String) : [];
  if (name === "credits") {
    const list = Array.isArray(v) ? (v as Record<string, unknown>[]) : [];
    return list.map((c) => ({ person: Number(c.person) || 0, role: word(c.role) })).filter((c) => c.person > 0);
  }
  return name === "lead" ? lead(v) : word(v);
}

/** The canonical text of a field. */
export function fieldText(name: string, v: unknown): string {
  return JSON.stringify(fieldValue(name, v));
}
