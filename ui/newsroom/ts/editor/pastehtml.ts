// HTML that somebody pasted, to blocks: structure and nothing else. It walks a
// tree that the browser parsed without running it, and builds new nodes; no
// attribute but a link's address and a cell's spans is carried over.

import { asLink } from "./links";
import { cleanText, type MarkJSON, type NodeJSON } from "./json";

/** What is asked of a node of the tree; the browser's own nodes have it. */
export interface Item {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly nodeValue: string | null;
  readonly childNodes: ArrayLike<Item>;
  getAttribute?(name: string): string | null;
}

const MOST_NODES = 150_000;
const MOST_BLOCKS = 2000;
const MOST_TEXT = 500_000; // characters
const MOST_DEPTH = 200;
const MOST_LISTS = 3;

const SKIP = new Set(
  "SCRIPT STYLE HEAD TITLE META LINK BASE NOSCRIPT TEMPLATE IFRAME OBJECT EMBED APPLET SVG MATH CANVAS AUDIO VIDEO IMG PICTURE SOURCE BUTTON INPUT SELECT OPTION TEXTAREA DATALIST PROGRESS METER NAV DIALOG MAP AREA FRAME FRAMESET NOFRAMES XML".split(" "),
);
const BLOCKS = new Set(
  "P DIV SECTION ARTICLE MAIN ASIDE HEADER FOOTER ADDRESS FIGURE FIGCAPTION DL DT DD PRE FORM FIELDSET DETAILS SUMMARY CENTER BODY HTML TR TD TH TBODY THEAD TFOOT CAPTION".split(" "),
);

/**
 * HTML with its looks and handlers renamed: nothing would come of them, but the
 * browser would complain of each. A tag ends at the next bracket of either kind,
 * else each of many tags that never end would be searched to the end of all.
 */
export function quieted(html: string): string {
  const still = html.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, " data-$1="));
  // Of a sheet as well; what stands in this element is read as loosely.
  return still.replace(/<(\/?)style(?=[\s>/])/gi, "<$1noframes");
}

const paragraph = (content: NodeJSON[]): NodeJSON => (content.length ? { type: "paragraph", content } : { type: "paragraph" });

/** What stands around a place in the tree. */
interface Place {
  marks: readonly MarkJSON[];
  depth: number;
  keep: boolean; // white space counts
}

/** The looks that an element brings, under the name that they have after reading. */
function styleOf(item: Item): string {
  return item.getAttribute?.("style") ?? item.getAttribute?.("data-style") ?? "";
}

class Reader {
  readonly out: NodeJSON[] = [];
  private line: NodeJSON[] = [];
  private budget = MOST_NODES;
  private room = MOST_TEXT;
  cut = false;

  /** Ends the paragraph that is being written. */
  private flush(make: (content: NodeJSON[]) => NodeJSON = paragraph): void {
    for (const content of lines(this.line)) this.push(make(content));
    this.line = [];
  }

  private push(block: NodeJSON): void {
    if (this.out.length >= MOST_BLOCKS) this.cut = true;
    else this.out.push(block);
  }

  children(item: Item, at: Place): void {
    for (let i = 0; i < item.childNodes.length; i++) this.node(item.childNodes[i]!, at);
  }

  private node(item: Item, at: Place): void {
    if (--this.budget < 0) {
      this.cut = true;
      return;
    }
    if (item.nodeType === 3) return this.text(item.nodeValue ?? "", at);
    if (item.nodeType !== 1) return;
    if (at.depth > MOST_DEPTH) {
      this.cut = true;
      return;
    }
    const name = item.nodeName.toUpperCase();
    const style = styleOf(item);
    if (SKIP.has(name) || item.getAttribute?.("hidden") != null || /display\s*:\s*none|mso-list\s*:\s*ignore/i.test(style)) return;
    const inner = { ...at, depth: at.depth + 1 };
    if (name === "BR") this.line.push({ type: "hard_break" });
    else if (!this.block(name, item, inner, style)) this.children(item, { ...inner, marks: marksOf(name, item, style, at.marks) });
  }

  private text(value: string, at: Place): void {
    const clean = cleanText(value.replace(/\u00a0/g, " ").replace(/[\u200b\u2060\ufeff]/g, ""));
    const text = this.fit(at.keep ? clean : clean.replace(/\s+/g, " "));
    if (at.keep) {
      text.split(/\r?\n/).forEach((part, i) => {
        if (i) this.line.push({ type: "hard_break" }, { type: "hard_break" });
        if (part) this.line.push(run(part, at.marks));
      });
      return;
    }
    if (text) this.line.push(run(text, at.marks));
  }

  /** As much of a text as there is room for. */
  private fit(text: string): string {
    const kept = text.length > this.room ? cleanText(text.slice(0, this.room)) : text;
    this.cut ||= kept !== text;
    this.room -= kept.length;
    return kept;
  }

  /** Whether the element was a block of its own and has been dealt with. */
  private block(name: string, item: Item, at: Place, style: string): boolean {
    const heading = /^H([1-6])$/.exec(name);
    if (heading || (name === "P" && /mso-style-name\s*:\s*title|mso-outline-level\s*:\s*1/i.test(style))) {
      this.flush();
      this.children(item, { ...at, marks: [] });
      const level = Math.min(4, Math.max(2, Number(heading?.[1] ?? 2)));
      this.flush((content) => ({ type: "heading", attrs: { level }, content: content.map(bare) }));
      return true;
    }
    switch (name) {
      case "UL":
      case "OL": {
        this.flush();
        const list = readList(item, at, 1, this);
        if (list) this.push(list);
        return true;
      }
      case "LI":
        this.flush();
        this.children(item, at);
        this.flush((c) => ({ type: "bullet_list", content: [{ type: "list_item", content: [paragraph(c)] }] }));
        return true;
      case "BLOCKQUOTE": {
        this.flush();
        const inner = this.inside(item, at);
        const texts = inner.flatMap(paragraphsOf);
        if (texts.length) this.push({ type: "blockquote", content: texts });
        return true;
      }
      case "TABLE":
        this.flush();
        this.table(item, at);
        return true;
      case "HR":
        this.flush();
        if (this.out.length) this.push({ type: "horizontal_rule" });
        return true;
    }
    if (!BLOCKS.has(name)) return false;
    const word = name === "P" ? wordList(item, style) : null;
    this.flush();
    this.children(item, { ...at, keep: at.keep || name === "PRE" || /white-space\s*:\s*pre/i.test(style) });
    if (word) this.flush((c) => ({ type: word.ordered ? "ordered_list" : "bullet_list", attrs: { wordLevel: word.level }, content: [{ type: "list_item", content: [paragraph(c)] }] }));
    else this.flush();
    return true;
  }

  /** The blocks inside an element, read for themselves. */
  inside(item: Item, at: Place): NodeJSON[] {
    const r = new Reader();
    r.budget = this.budget;
    r.room = this.room;
    r.children(item, at);
    this.budget = r.budget;
    this.room = r.room;
    this.cut ||= r.cut;
    return r.done();
  }

  private table(item: Item, at: Place): void {
    const rows: NodeJSON[][] = [];
    const caption: string[] = [];
    const visit = (x: Item): void => {
      for (let i = 0; i < x.childNodes.length; i++) {
        const c = x.childNodes[i]!;
        const name = c.nodeName.toUpperCase();
        if (name === "TR" && rows.length < 1000) rows.push(cellsOf(c, at, this));
        else if (name === "CAPTION") caption.push(...this.inside(c, at).map(textOf));
        else if (name === "TBODY" || name === "THEAD" || name === "TFOOT") visit(c);
      }
    };
    visit(item);
    const full = rows.filter((r) => r.length);
    // A table of one column or one row sets out a page, it holds no figures.
    if (full.length < 2 || full.every((r) => r.length < 2) || full.some((r) => r.length > 50)) {
      for (const b of this.inside(item, at)) this.push(b);
      return;
    }
    const title = caption.join(" ").slice(0, 1500);
    const content = full.map((r) => ({ type: "table_row", content: r }));
    this.push({ type: "table", ...(title ? { attrs: { caption: title } } : {}), content });
  }

  done(): NodeJSON[] {
    this.flush();
    return joinLists(this.out);
  }
}

function run(text: string, marks: readonly MarkJSON[]): NodeJSON {
  return marks.length ? { type: "text", text, marks } : { type: "text", text };
}

const bare = (n: NodeJSON): NodeJSON => (n.marks ? { ...n, marks: n.marks.filter((m) => m.type === "link" || m.type === "em") } : n);
const textOf = (n: NodeJSON): string => (n.type === "text" ? (n.text ?? "") : n.type === "hard_break" ? " " : (n.content ?? []).map(textOf).join(""));

/** Runs cut into paragraphs at double breaks, white space trimmed; empty ones left out. */
function lines(runs: NodeJSON[]): NodeJSON[][] {
  const out: NodeJSON[][] = [[]];
  runs.forEach((r, i) => {
    const line = out[out.length - 1]!;
    const last = line[line.length - 1];
    if (r.type !== "hard_break") {
      const gap = !last || last.type === "hard_break" || last.text!.endsWith(" ");
      const text = gap ? r.text!.replace(/^ +/, "") : r.text!;
      if (text) line.push({ ...r, text });
    } else if (isBreak(runs, i + 1) || last?.type === "hard_break") {
      while (line[line.length - 1]?.type === "hard_break") line.pop();
      if (line.length) out.push([]);
    } else if (last) line.push(r);
  });
  return out.map(trimEnd).filter((l) => l.length > 0);
}

/** Whether a break follows, white space apart. */
function isBreak(runs: NodeJSON[], i: number): boolean {
  while (runs[i]?.type === "text" && !runs[i]!.text!.trim()) i++;
  return runs[i]?.type === "hard_break";
}

function trimEnd(line: NodeJSON[]): NodeJSON[] {
  for (let last = line[line.length - 1]; last; last = line[line.length - 1]) {
    const text = last.type === "text" ? last.text!.trimEnd() : "";
    if (text) {
      line[line.length - 1] = { ...last, text };
      break;
    }
    line.pop();
  }
  return line;
}

/** The marks inside an element. Looks of one's own are read only where they stand for a mark. */
function marksOf(name: string, item: Item, style: string, marks: readonly MarkJSON[]): readonly MarkJSON[] {
  const out = [...marks];
  const add = (type: string, attrs?: Record<string, unknown>): void => {
    if (!out.some((m) => m.type === type)) out.push(attrs ? { type, attrs } : { type });
  };
  const weight = /(?:^|;)\s*font-weight\s*:\s*(\w+)/i.exec(style)?.[1]?.toLowerCase();
  const heavy = weight === "bold" || weight === "bolder" || Number(weight) >= 600;
  const upright = /(?:^|;)\s*font-style\s*:\s*normal/i.test(style);
  if (heavy || ((name === "B" || name === "STRONG") && (weight === undefined || weight === "inherit"))) add("strong");
  if (/(?:^|;)\s*font-style\s*:\s*(italic|oblique)/i.test(style) || (!upright && /^(I|EM|CITE|DFN|VAR)$/.test(name))) add("em");
  if (/^(S|DEL|STRIKE)$/.test(name) || /text-decoration[^;]*line-through/i.test(style)) add("strike");
  if (/^(CODE|KBD|SAMP|TT)$/.test(name)) add("code");
  if (name === "SUP" || /vertical-align\s*:\s*super/i.test(style)) add("sup");
  if (name === "SUB" || /vertical-align\s*:\s*sub\b/i.test(style)) add("sub");
  if (name === "A") {
    const href = linkOf(item.getAttribute?.("href") ?? "");
    if (href) add("link", { href });
  } else if (name === "U" || name === "INS" || /text-decoration[^;]*underline/i.test(style)) {
    if (!out.some((m) => m.type === "link")) add("underline");
  }
  return out;
}

/** A pasted link's address; those relative to the page that it came from lead nowhere here. */
function linkOf(href: string): string | null {
  const direct = /^https:\/\/www\.google\.com\/url\?(?:[^#]*&)?q=([^&#]+)/.exec(href.trim());
  let address = href.trim();
  try {
    if (direct) address = decodeURIComponent(direct[1]!);
  } catch {
    // not an address then, but the text of one
  }
  return /^(https?:|mailto:|tel:)/i.test(address) ? asLink(address) : null;
}

/** What Word says of a paragraph that it shows as a line of a list. */
function wordList(item: Item, style: string): { level: number; ordered: boolean } | null {
  const m = /mso-list\s*:\s*\S+\s+level(\d)/i.exec(style);
  if (!m) return null;
  const sign = ignored(item);
  return { level: Math.min(MOST_LISTS, Number(m[1])), ordered: /^\s*\(?[\divxa-z]{1,4}[.)]/i.test(sign) };
}

/** The list sign that Word writes out. */
function ignored(item: Item): string {
  if (item.nodeType === 1 && /mso-list\s*:\s*ignore/i.test(styleOf(item))) {
    const all = (x: Item): string => (x.nodeType === 3 ? (x.nodeValue ?? "") : Array.from(x.childNodes, all).join(""));
    return all(item);
  }
  for (let i = 0; i < item.childNodes.length; i++) {
    const sign = ignored(item.childNodes[i]!);
    if (sign) return sign;
  }
  return "";
}

/** The paragraphs of a block that cannot stand where it is. */
export function paragraphsOf(block: NodeJSON): NodeJSON[] {
  if (block.type === "paragraph") return [block];
  if (block.type === "heading") return [paragraph(block.content ?? [])];
  if (block.type === "table_row") {
    const cells = (block.content ?? []).map((c) => c.content?.[0]?.content ?? []).filter((c) => c.length);
    return cells.length ? [paragraph(cells.flatMap((c, i) => (i ? [{ type: "text", text: " · " }, ...c] : c)))] : [];
  }
  return (block.content ?? []).flatMap(paragraphsOf);
}

function readList(item: Item, at: Place, depth: number, r: Reader): NodeJSON | null {
  const items: NodeJSON[] = [];
  const add = (blocks: NodeJSON[]): void => {
    for (const b of blocks) {
      const last = items[items.length - 1];
      if ((b.type === "bullet_list" || b.type === "ordered_list") && last) {
        if (depth < MOST_LISTS) last.content!.push(b);
        else items.push(...(b.content ?? []));
      } else for (const p of paragraphsOf(b)) items.push({ type: "list_item", content: [p] });
    }
  };
  for (let i = 0; i < item.childNodes.length && items.length < 1000; i++) {
    const c = item.childNodes[i]!;
    const name = c.nodeName.toUpperCase();
    if (name === "UL" || name === "OL") {
      const sub = readList(c, at, Math.min(MOST_LISTS, depth + 1), r);
      if (sub) add([sub]);
    } else if (name === "LI") add(readItem(c, at, depth, r));
    else if (c.nodeType === 1) add(r.inside(c, at));
  }
  if (!items.length) return null;
  const start = Math.floor(Number(item.getAttribute?.("start") ?? 1)) || 1;
  const ordered = item.nodeName.toUpperCase() === "OL";
  return { type: ordered ? "ordered_list" : "bullet_list", ...(ordered && start > 1 && start < 1_000_000 ? { attrs: { order: start } } : {}), content: items };
}

/** A line of a list: its text in one paragraph, the lists below it. */
function readItem(item: Item, at: Place, depth: number, r: Reader): NodeJSON[] {
  const texts: Item[] = [];
  const lists: NodeJSON[] = [];
  for (let i = 0; i < item.childNodes.length; i++) {
    const c = item.childNodes[i]!;
    const name = c.nodeName.toUpperCase();
    const sub = name === "UL" || name === "OL" ? readList(c, at, Math.min(MOST_LISTS, depth + 1), r) : null;
    if (sub) lists.push(sub);
    else texts.push(c);
  }
  const inner = r.inside({ nodeType: 1, nodeName: "DIV", nodeValue: null, childNodes: texts }, at);
  return [...inner, ...lists];
}

function cellsOf(row: Item, at: Place, r: Reader): NodeJSON[] {
  const out: NodeJSON[] = [];
  for (let i = 0; i < row.childNodes.length; i++) {
    const c = row.childNodes[i]!;
    const name = c.nodeName.toUpperCase();
    if (name !== "TD" && name !== "TH") continue;
    const texts = r.inside(c, at).flatMap(paragraphsOf);
    const content = texts.flatMap((p, i) => (i ? [{ type: "hard_break" }, ...(p.content ?? [])] : (p.content ?? [])));
    out.push({ type: name === "TH" ? "table_header" : "table_cell", content: [paragraph(content)] });
  }
  return out;
}

/** Lists that stand one after the other become one; Word's levels become lists in lists. */
function joinLists(blocks: NodeJSON[]): NodeJSON[] {
  const out: NodeJSON[] = [];
  for (const b of blocks) {
    const level = Number(b.attrs?.wordLevel ?? 0);
    if (!level) {
      out.push(b);
      continue;
    }
    const block: NodeJSON = { type: b.type, content: b.content ?? [] };
    let into = out[out.length - 1];
    if (!into?.attrs?.joined) {
      out.push({ ...block, attrs: { joined: true } });
      continue;
    }
    for (let l = 1; l < level; l++) {
      const item: NodeJSON = into.content![into.content!.length - 1]!;
      const sub: NodeJSON | undefined = item.content![item.content!.length - 1];
      if (sub && sub.type !== "paragraph") into = sub;
      else {
        item.content!.push({ ...block });
        into = null as unknown as NodeJSON;
        break;
      }
    }
    if (!into) continue;
    if (level === 1 && into.type !== block.type) out.push({ ...block, attrs: { joined: true } });
    else into.content!.push(...block.content!);
  }
  return out.map((b) => (b.attrs?.joined ? { type: b.type, content: b.content ?? [] } : b));
}

/** What became of a paste. */
export interface Pasted {
  blocks: NodeJSON[];
  cut: boolean; // there was more than could be taken
}

/** The blocks of a parsed document or element. */
export function blocksOf(root: Item): Pasted {
  const r = new Reader();
  r.children(root, { marks: [], depth: 0, keep: false });
  const blocks = r.done();
  return { blocks, cut: r.cut };
}
