import { test } from "node:test";
import assert from "node:assert/strict";
import { EditorState, TextSelection } from "prosemirror-state";
import { putBlocks } from "./commands";
import { blockIDs } from "./ids";
import type { NodeJSON } from "./json";
import { insertBlocks } from "./pasting";
import { blocksOfText } from "./plaintext";
import { schema } from "./schema";

const p = (text: string): NodeJSON => ({ type: "paragraph", ...(text ? { content: [{ type: "text", text }] } : {}) });
const cell = (text: string): NodeJSON => ({ type: "table_cell", content: [p(text)] });

/** A document with the cursor behind the first "|", which is taken out. */
function at(...blocks: NodeJSON[]): EditorState {
  let state = EditorState.create({ doc: schema.nodeFromJSON({ type: "doc", content: blocks }), plugins: [blockIDs()] });
  let pos = -1;
  state.doc.descendants((n, start) => {
    if (pos < 0 && n.isText && n.text!.includes("|")) pos = start + n.text!.indexOf("|");
  });
  state = state.apply(state.tr.delete(pos, pos + 1));
  return state.apply(state.tr.setSelection(TextSelection.create(state.doc, pos)));
}

const shape = (s: EditorState): string[] => {
  const out: string[] = [];
  s.doc.check();
  s.doc.forEach((n) => out.push(`${n.type.name} ${n.textBetween(0, n.content.size, "/", "/")}`));
  return out;
};
const paste = (s: EditorState, ...blocks: NodeJSON[]): string[] => shape(s.apply(insertBlocks(s, blocks)!));
const heading: NodeJSON = { type: "heading", attrs: { level: 2 }, content: [{ type: "text", text: "H" }] };
const list: NodeJSON = { type: "bullet_list", content: [{ type: "list_item", content: [p("x")] }, { type: "list_item", content: [p("y")] }] };

test("one pasted paragraph goes into the line", () => {
  assert.deepEqual(paste(at(p("satu | dua")), p("baru")), ["paragraph satu baru dua"]);
});

test("pasted paragraphs split the line", () => {
  assert.deepEqual(paste(at(p("satu | dua")), p("a"), p("b"), p("c")), ["paragraph satu a", "paragraph b", "paragraph c dua"]);
});

test("blocks replace an empty line", () => {
  assert.deepEqual(paste(at(p("|")), heading, p("a"), list), ["heading H", "paragraph a", "bullet_list x/y"]);
});

test("a heading that is pasted into a line stays a heading", () => {
  assert.deepEqual(paste(at(p("satu|")), heading, p("a")), ["paragraph satu", "heading H", "paragraph a"]);
});

test("everything pasted into a cell stays in it", () => {
  const table: NodeJSON = { type: "table", content: [{ type: "table_row", content: [cell("a|"), cell("b")] }, { type: "table_row", content: [cell("c"), cell("d")] }] };
  assert.deepEqual(paste(at(table), heading, p("x"), list), ["table aH/x/x/y/b/c/d"]);
});

test("what does not fit a quote or a fact box becomes paragraphs there", () => {
  const table: NodeJSON = { type: "table", content: [{ type: "table_row", content: [cell("a"), cell("b")] }, { type: "table_row", content: [cell("c"), cell("d")] }] };
  assert.deepEqual(paste(at({ type: "blockquote", content: [p("q|")] }), heading, list), ["blockquote qH/x/y"]);
  assert.deepEqual(paste(at({ type: "fact_box", attrs: { title: "t" }, content: [p("f|")] }), table), ["fact_box fa · b/c · d"]);
});

test("no word is lost, wherever text is pasted", () => {
  const text = "satu dua\n- tiga\n- empat\n\n*lima* enam";
  for (const place of [p("aa|bb"), p("|"), heading && { type: "heading", attrs: { level: 3 }, content: [{ type: "text", text: "aa|bb" }] }, { type: "blockquote", content: [p("aa|bb")] }, { type: "bullet_list", content: [{ type: "list_item", content: [p("aa|bb")] }] }, { type: "fact_box", content: [p("aa|bb")] }]) {
    const s = at(place);
    const next = s.apply(insertBlocks(s, blocksOfText(text))!);
    next.doc.check();
    const all = next.doc.textBetween(0, next.doc.content.size, " ");
    for (const w of ["satu", "dua", "tiga", "empat", "lima", "enam"]) assert.ok(all.includes(w), `${place.type}: ${w} in ${all}`);
  }
});

test("an embed takes the place of an empty line and leaves one to go on", () => {
  const s = at(p("satu"), p("|"));
  const next = s.apply(putBlocks(s, [schema.nodes.horizontal_rule!.create()]));
  assert.deepEqual(shape(next), ["paragraph satu", "horizontal_rule ", "paragraph "]);
  assert.equal(next.selection.$from.index(0), 2);
});

test("a block that is put in while writing stands behind the paragraph", () => {
  const s = at(p("sa|tu"), p("dua"));
  assert.deepEqual(shape(s.apply(putBlocks(s, [schema.nodes.ad_break!.create()]))), ["paragraph satu", "ad_break ", "paragraph dua"]);
});
