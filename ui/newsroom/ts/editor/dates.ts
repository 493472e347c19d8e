// Dates in Indonesian running text: "Jumat (7/1/2022)" is the house's form, and
// a weekday has to be the one that the date has.

const DAYS = ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"];
const MONTHS = ["januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober", "november", "desember"];
const SHORT: Record<string, number> = { jan: 1, feb: 2, peb: 2, mar: 3, apr: 4, jun: 6, jul: 7, agu: 8, agt: 8, ags: 8, sep: 9, sept: 9, okt: 10, nov: 11, nop: 11, des: 12 };

const DAY = "(?:Minggu|Ahad|Senin|Selasa|Rabu|Kamis|Jumat|Jum['’]at|Sabtu)";
const MONTH = `(?:${MONTHS.join("|")}|pebruari|nopember|${Object.keys(SHORT).join("|")})\\.?`;
const DATE = `(\\d{1,2})(?:(?<sep>[/.-])(\\d{1,2})\\k<sep>(\\d{4})|\\s+(${MONTH})\\s+(\\d{4}))`;
const PATTERN = `(?:\\b(${DAY})(\\s*,\\s*|\\s+\\(|\\s*\\(|\\s+))?${DATE}(\\))?`;

/** A date in a text, with the weekday that stands before it if there is one. */
export interface Found {
  from: number;
  to: number;
  day: number;
  month: number;
  year: number;
  weekday: string;
  joint: string; // what stands between weekday and date
  closed: boolean; // a bracket follows
}

/** What somebody may want instead of the text from..to. */
export interface Offer {
  from: number;
  to: number;
  text: string;
}

/** A weekday from..to that is not the date's. */
export interface Mismatch {
  from: number;
  to: number;
  said: string;
  right: string;
  date: string;
}

function monthOf(word: string): number {
  const w = word.toLowerCase().replace(/\.$/, "");
  if (w === "pebruari") return 2;
  if (w === "nopember") return 11;
  const i = MONTHS.indexOf(w);
  return i >= 0 ? i + 1 : (SHORT[w] ?? 0);
}

/** The Indonesian weekday of a date, empty if there is no such date. */
export function weekdayOf(year: number, month: number, day: number): string {
  const d = new Date(Date.UTC(year, month - 1, day));
  if (year < 1800 || year > 2200 || d.getUTCMonth() !== month - 1 || d.getUTCDate() !== day) return "";
  return DAYS[d.getUTCDay()]!;
}

/** All dates of a text that exist in the calendar. */
export function findDates(text: string): Found[] {
  const out: Found[] = [];
  for (const m of text.matchAll(new RegExp(PATTERN, "gi"))) {
    const from = m.index;
    const to = from + m[0].length;
    if (/[\d/.-]/.test(text[from - 1] ?? "") || /\d/.test(text[to] ?? "") || /^[/-]\d/.test(text.slice(to))) continue;
    const day = Number(m[3]);
    const month = m[5] ? Number(m[5]) : monthOf(m[7] ?? "");
    const year = Number(m[6] ?? m[8]);
    if (!weekdayOf(year, month, day)) continue;
    out.push({ from, to, day, month, year, weekday: m[1] ?? "", joint: m[2] ?? "", closed: m[9] === ")" });
  }
  return out;
}

/** The house's form of a date. */
export function houseDate(year: number, month: number, day: number): string {
  return `${weekdayOf(year, month, day)} (${day}/${month}/${year})`;
}

/** What to offer after a text that ends with a date; null if it has the house's form or is none. */
export function offerDate(before: string): Offer | null {
  const cut = Math.max(0, before.length - 60);
  const found = findDates(before.slice(cut)).pop();
  if (!found || found.to + cut !== before.length) return null;
  const open = found.joint.includes("(");
  if (open !== found.closed && found.weekday) return null; // still typing the bracket
  const text = houseDate(found.year, found.month, found.day);
  // A bracket that the weekday does not belong to stays outside.
  const to = before.length - (found.closed && !open ? 1 : 0);
  const from = found.from + cut;
  return before.slice(from, to) === text ? null : { from, to, text };
}

/** The weekdays of a text that their dates do not have. */
export function mismatches(text: string): Mismatch[] {
  const out: Mismatch[] = [];
  for (const f of findDates(text)) {
    if (!f.weekday) continue;
    const right = weekdayOf(f.year, f.month, f.day);
    const said = f.weekday.toLowerCase().replace(/['’]/, "").replace("ahad", "minggu");
    if (said === right.toLowerCase()) continue;
    out.push({ from: f.from, to: f.from + f.weekday.length, said: f.weekday, right, date: `${f.day}/${f.month}/${f.year}` });
  }
  return out;
}
