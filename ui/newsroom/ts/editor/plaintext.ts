// Plain text to blocks: lines become paragraphs, and the marks that people type
// in messages (*tebal*, _miring_, ~coret~) become marks.

import { asLink } from "./links";
import { cleanText, type MarkJSON, type NodeJSON } from "./json";

const SIGNS: Record<string, string> = { "*": "strong", _: "em", "~": "strike" };
const URL_START = /https?:\/\//;

function run(text: string, marks: readonly MarkJSON[]): NodeJSON {
  return marks.length ? { type: "text", text, marks } : { type: "text", text };
}

/** Text in which addresses are links. */
function linked(text: string, marks: readonly MarkJSON[]): NodeJSON[] {
  const out: NodeJSON[] = [];
  let rest = text;
  for (let m = URL_START.exec(rest); m; m = URL_START.exec(rest)) {
    const tail = rest.slice(m.index);
    const typed = /^\S+/.exec(tail)![0].replace(/[.,;:!?)\]}'"”’]+$/, "");
    const href = asLink(typed);
    if (m.index) out.push(run(rest.slice(0, m.index), marks));
    if (typed) out.push(run(typed, href ? [{ type: "link", attrs: { href } }, ...marks] : marks));
    rest = tail.slice(typed.length);
    if (!typed) break;
  }
  if (rest) out.push(run(rest, marks));
  return out;
}

const isWordChar = (c: string | undefined): boolean => c !== undefined && /[\p{L}\p{N}]/u.test(c);

/** Where the sign that opens at i closes on the same line, -1 if nowhere. */
function closing(text: string, i: number): number {
  const sign = text[i]!;
  if (isWordChar(text[i - 1]) || text[i - 1] === sign || !text[i + 1] || /\s/.test(text[i + 1]!) || text[i + 1] === sign) return -1;
  for (let j = text.indexOf(sign, i + 2); j > 0; j = text.indexOf(sign, j + 1)) {
    if (!/\s/.test(text[j - 1]!) && !isWordChar(text[j + 1]) && text[j + 1] !== sign) return j;
  }
  return -1;
}

/** The inline content of a line. */
export function inlineOf(line: string, marks: readonly MarkJSON[] = [], depth = 0): NodeJSON[] {
  const out: NodeJSON[] = [];
  let from = 0;
  for (let i = 0; i < line.length && depth < 3; i++) {
    const mark = SIGNS[line[i]!];
    if (!mark || marks.some((m) => m.type === mark)) continue;
    const end = closing(line, i);
    if (end < 0) continue;
    // A sign inside an address is part of it.
    const start = Math.max(line.lastIndexOf(" ", i), line.lastIndexOf("\t", i)) + 1;
    if (URL_START.test(line.slice(start, i))) continue;
    if (i > from) out.push(...linked(line.slice(from, i), marks));
    out.push(...inlineOf(line.slice(i + 1, end), [...marks, { type: mark }], depth + 1));
    from = end + 1;
    i = end;
  }
  if (from < line.length) out.push(...linked(line.slice(from), marks));
  return out;
}

const paragraph = (content: NodeJSON[]): NodeJSON => (content.length ? { type: "paragraph", content } : { type: "paragraph" });

/** The blocks of a plain text; each line is a paragraph, lines of a list become one. */
export function blocksOfText(text: string): NodeJSON[] {
  const out: NodeJSON[] = [];
  for (const raw of cleanText(text.replace(/\r\n?|[\u2028\u2029]/g, "\n").replace(/\u00a0/g, " ")).split("\n")) {
    const line = raw.trim();
    if (!line) {
      if (out.length) out.push({ type: "gap" });
      continue;
    }
    const bullet = /^(?:[-•●▪*]|\d{1,3}[.)])\s+(?=\S)/.exec(line);
    const closes = line[0] === "*" && closing(line, 0) > 0;
    if (!bullet || closes) {
      out.push(paragraph(inlineOf(line)));
      continue;
    }
    const type = /^\d/.test(line) ? "ordered_list" : "bullet_list";
    const item: NodeJSON = { type: "list_item", content: [paragraph(inlineOf(line.slice(bullet[0].length)))] };
    const before = out[out.length - 1];
    if (before?.type === type) before.content!.push(item);
    else out.push({ type, ...(type === "ordered_list" && parseInt(line) > 1 ? { attrs: { order: parseInt(line) } } : {}), content: [item] });
  }
  return out.filter((b) => b.type !== "gap");
}
