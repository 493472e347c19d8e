// The schema of a story's body, mirrored node by node from the server's.

import { Schema, type NodeSpec, type MarkSpec, type DOMOutputSpec, type AttributeSpec, type TagParseRule } from "prosemirror-model";
import { providerOf, safeLink } from "./links";

const id: AttributeSpec = { default: null };
const text: AttributeSpec = { default: "" };

const data = (dom: HTMLElement, name: string): string => dom.getAttribute("data-" + name) ?? "";
const whole = (dom: HTMLElement, name: string): number => Math.max(0, Math.floor(Number(data(dom, name)) || 0));

/** How a node without text of its own travels through the clipboard. */
function leaf(type: string, attrs: Record<string, AttributeSpec>, read: (dom: HTMLElement) => Record<string, unknown> | false): NodeSpec {
  return {
    group: "block",
    atom: true,
    draggable: true,
    attrs: { id, ...attrs },
    parseDOM: [{ tag: `div[data-block="${type}"]`, getAttrs: read }],
    toDOM: (node): DOMOutputSpec => {
      const out: Record<string, string> = { "data-block": type };
      for (const name of Object.keys(attrs)) out["data-" + name] = String(node.attrs[name] ?? "");
      return ["div", out];
    },
  };
}

const span = (dom: HTMLElement, name: string): number => Math.min(50, Math.max(1, Number(dom.getAttribute(name)) || 1));

function cell(tag: "td" | "th", role: string): NodeSpec {
  return {
    content: "paragraph",
    tableRole: role,
    isolating: true,
    attrs: { colspan: { default: 1 }, rowspan: { default: 1 }, colwidth: { default: null } },
    parseDOM: [{ tag, getAttrs: (dom) => ({ colspan: span(dom, "colspan"), rowspan: span(dom, "rowspan") }) }],
    toDOM: (node): DOMOutputSpec => {
      const attrs: Record<string, string> = {};
      if (node.attrs.colspan !== 1) attrs.colspan = String(node.attrs.colspan);
      if (node.attrs.rowspan !== 1) attrs.rowspan = String(node.attrs.rowspan);
      return [tag, attrs, 0];
    },
  };
}

const headings: TagParseRule[] = [1, 2, 3, 4, 5, 6].map((n) => ({ tag: `h${n}`, attrs: { level: Math.min(4, Math.max(2, n)) } }));

const nodes: Record<string, NodeSpec> = {
  doc: { content: "block+" },
  paragraph: { content: "inline*", group: "block", attrs: { id }, parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
  heading: {
    content: "inline*",
    group: "block",
    defining: true,
    attrs: { id, level: { default: 2 } },
    parseDOM: headings,
    toDOM: (node) => [`h${Number(node.attrs.level)}`, 0],
  },
  bullet_list: {
    content: "list_item+",
    group: "block list",
    attrs: { id },
    parseDOM: [{ tag: "ul" }],
    toDOM: () => ["ul", 0],
  },
  ordered_list: {
    content: "list_item+",
    group: "block list",
    attrs: { id, order: { default: 1 } },
    parseDOM: [{ tag: "ol", getAttrs: (dom) => ({ order: Math.min(1_000_000, Math.max(0, Math.floor(Number(dom.getAttribute("start") ?? 1)) || 1)) }) }],
    toDOM: (node) => (node.attrs.order === 1 ? ["ol", 0] : ["ol", { start: String(node.attrs.order) }, 0]),
  },
  list_item: { content: "paragraph (bullet_list | ordered_list)*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
  blockquote: {
    content: "paragraph+",
    group: "block",
    defining: true,
    attrs: { id, attribution: text, pull: { default: false } },
    parseDOM: [{ tag: "blockquote", getAttrs: (dom) => ({ attribution: data(dom, "attribution"), pull: dom.hasAttribute("data-pull") }) }],
    toDOM: (node) => ["blockquote", { "data-attribution": String(node.attrs.attribution), ...(node.attrs.pull ? { "data-pull": "" } : {}) }, 0],
  },
  picture: leaf("picture", { picture: { default: 0 }, caption: text, credit: text, alt: text }, (dom) => {
    const picture = whole(dom, "picture");
    return picture > 0 && { picture, caption: data(dom, "caption"), credit: data(dom, "credit"), alt: data(dom, "alt") };
  }),
  gallery: {
    content: "picture+",
    group: "block",
    isolating: true,
    draggable: true,
    attrs: { id, caption: text },
    parseDOM: [{ tag: `div[data-block="gallery"]`, getAttrs: (dom) => ({ caption: data(dom, "caption") }) }],
    toDOM: (node) => ["div", { "data-block": "gallery", "data-caption": String(node.attrs.caption) }, 0],
  },
  table: {
    content: "table_row+",
    tableRole: "table",
    isolating: true,
    group: "block",
    attrs: { id, caption: text },
    parseDOM: [{ tag: "table", getAttrs: (dom) => ({ caption: data(dom, "caption") }) }],
    toDOM: (node) => ["table", { "data-caption": String(node.attrs.caption) }, ["tbody", 0]],
  },
  table_row: { content: "(table_cell | table_header)+", tableRole: "row", parseDOM: [{ tag: "tr" }], toDOM: () => ["tr", 0] },
  table_cell: cell("td", "cell"),
  table_header: cell("th", "header_cell"),
  fact_box: {
    content: "(paragraph | heading | bullet_list | ordered_list)+",
    group: "block",
    defining: true,
    isolating: true,
    attrs: { id, title: text },
    parseDOM: [{ tag: `div[data-block="fact_box"]`, getAttrs: (dom) => ({ title: data(dom, "title") }) }],
    toDOM: (node) => ["div", { "data-block": "fact_box", "data-title": String(node.attrs.title) }, 0],
  },
  embed: leaf("embed", { provider: { default: "generic" }, url: text, title: text }, (dom) => {
    const provider = providerOf(data(dom, "url"));
    return provider !== null && { provider, url: data(dom, "url"), title: data(dom, "title") };
  }),
  read_also: leaf("read_also", { story: { default: 0 }, url: text, headline: text }, (dom) => {
    const url = safeLink(data(dom, "url")) ? data(dom, "url") : "";
    const a = { story: whole(dom, "story"), url, headline: data(dom, "headline") };
    return (a.story > 0 || a.url !== "" || a.headline !== "") && a;
  }),
  ad_break: leaf("ad_break", {}, () => ({})),
  members_cut: leaf("members_cut", {}, () => ({})),
  horizontal_rule: { ...leaf("horizontal_rule", {}, () => ({})), parseDOM: [{ tag: "hr" }, { tag: `div[data-block="horizontal_rule"]` }] },
  text: { group: "inline" },
  hard_break: { inline: true, group: "inline", selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
};

const marks: Record<string, MarkSpec> = {
  link: {
    attrs: { href: { default: "" } },
    inclusive: false,
    parseDOM: [{ tag: "a[href]", getAttrs: (dom) => safeLink(dom.getAttribute("href") ?? "") && { href: dom.getAttribute("href") } }],
    // Not followed on a click: the editor offers to open it.
    toDOM: (mark) => ["a", { href: String(mark.attrs.href), rel: "noopener noreferrer" }, 0],
  },
  strong: { parseDOM: [{ tag: "strong" }, { tag: "b" }], toDOM: () => ["strong", 0] },
  em: { parseDOM: [{ tag: "em" }, { tag: "i" }], toDOM: () => ["em", 0] },
  underline: { parseDOM: [{ tag: "u" }], toDOM: () => ["u", 0] },
  strike: { parseDOM: [{ tag: "s" }, { tag: "del" }, { tag: "strike" }], toDOM: () => ["s", 0] },
  sub: { parseDOM: [{ tag: "sub" }], toDOM: () => ["sub", 0] },
  sup: { parseDOM: [{ tag: "sup" }], toDOM: () => ["sup", 0] },
  code: { parseDOM: [{ tag: "code" }], toDOM: () => ["code", 0] },
};

/** The schema of a story's body. */
export const schema = new Schema({ nodes, marks });
