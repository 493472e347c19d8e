// The story's body as JSON, mirrored from the server's schema: its shape and
// its canonical form, in which equal blocks are equal texts.

import { safeLink } from "./links";

/** A mark of ProseMirror's document JSON. */
export interface MarkJSON {
  type: string;
  attrs?: Record<string, unknown> | null;
}

/** A node of ProseMirror's document JSON. */
export interface NodeJSON {
  type: string;
  attrs?: Record<string, unknown> | null;
  content?: NodeJSON[];
  marks?: readonly MarkJSON[];
  text?: string;
}

/** The attributes of each node in canonical order, the id of blocks apart. */
const ATTRS: Record<string, readonly string[]> = {
  heading: ["level"],
  ordered_list: ["order"],
  blockquote: ["attribution", "pull"],
  picture: ["picture", "caption", "credit", "alt"],
  gallery: ["caption"],
  table: ["caption"],
  table_cell: ["colspan", "rowspan"],
  table_header: ["colspan", "rowspan"],
  fact_box: ["title"],
  embed: ["provider", "url", "title"],
  read_also: ["story", "url", "headline"],
};

const MARKS = ["link", "strong", "em", "underline", "strike", "sub", "sup", "code"];

/** Attributes for which 1 is as good as nothing. */
const ONE = new Set(["colspan", "rowspan", "order"]);

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** Takes out what the server refuses in any text: control characters and halves of characters. */
export function cleanText(s: string): string {
  const t = s.replace(CONTROL, "");
  return /[\ud800-\udfff]/.test(t) ? new TextDecoder().decode(new TextEncoder().encode(t)) : t;
}

function canonMarks(marks: readonly MarkJSON[] | undefined): MarkJSON[] {
  const out: MarkJSON[] = [];
  for (const name of MARKS) {
    const m = marks?.find((m) => m.type === name);
    if (!m) continue;
    if (name !== "link") out.push({ type: name });
    else if (typeof m.attrs?.href === "string" && safeLink(m.attrs.href)) out.push({ type: name, attrs: { href: m.attrs.href } });
  }
  return out;
}

function canonInline(content: NodeJSON[] | undefined): NodeJSON[] {
  const out: NodeJSON[] = [];
  let last = "";
  for (const n of content ?? []) {
    if (n.type === "hard_break") {
      out.push({ type: "hard_break" });
      last = "";
      continue;
    }
    const text = cleanText(n.text ?? "");
    if (!text) continue;
    const marks = canonMarks(n.marks);
    const key = JSON.stringify(marks);
    const before = out[out.length - 1];
    if (before && last === key) before.text += text;
    else out.push(marks.length ? { type: "text", marks, text } : { type: "text", text });
    last = key;
  }
  return out;
}

/** The canonical form of a node: attributes with their zero value left out, ids on blocks alone. */
export function canon(node: NodeJSON, top = true): NodeJSON {
  const attrs: Record<string, unknown> = {};
  const given = node.attrs ?? {};
  if (top && typeof given.id === "string" && given.id) attrs.id = given.id;
  for (const name of ATTRS[node.type] ?? []) {
    const v = given[name];
    if (typeof v === "string") {
      if (v !== "") attrs[name] = cleanText(v);
    } else if (typeof v === "number" && v !== 0 && !(ONE.has(name) && v === 1)) attrs[name] = v;
    else if (v === true) attrs[name] = v;
  }
  const out: NodeJSON = { type: node.type };
  if (Object.keys(attrs).length) out.attrs = attrs;
  const content = node.type === "paragraph" || node.type === "heading" ? canonInline(node.content) : (node.content ?? []).map((n) => canon(n, false));
  if (content.length) out.content = content;
  return out;
}

/** The canonical text of a block, by which two of them are held against each other. */
export function canonText(block: NodeJSON): string {
  return JSON.stringify(canon(block));
}

/** The id of a block, empty if it has none. */
export function idOf(block: NodeJSON): string {
  const id = block.attrs?.id;
  return typeof id === "string" ? id : "";
}

/** The plain text of a node; a break is a line feed, blocks are set apart by one. */
export function plain(node: NodeJSON): string {
  if (node.type === "text") return node.text ?? "";
  if (node.type === "hard_break") return "\n";
  const inner = node.type === "paragraph" || node.type === "heading" ? "" : "\n";
  return (node.content ?? []).map(plain).join(inner);
}
