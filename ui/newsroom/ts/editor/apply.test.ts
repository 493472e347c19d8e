import { test } from "node:test";
import assert from "node:assert/strict";
import { EditorState, TextSelection } from "prosemirror-state";
import { history, undo } from "prosemirror-history";
import { splitBlock } from "prosemirror-commands";
import { applyPlan, contentOf, positionOf, textOf } from "./apply";
import { blockIDs, newID, validID } from "./ids";
import { canonText, type NodeJSON } from "./json";
import { schema } from "./schema";
import type { Plan } from "./ledger";

const p = (id: string, text: string): NodeJSON => ({ type: "paragraph", attrs: { id }, ...(text ? { content: [{ type: "text", text }] } : {}) });
const open = (...blocks: NodeJSON[]): EditorState =>
  EditorState.create({ doc: schema.nodeFromJSON({ type: "doc", content: blocks }), plugins: [history(), blockIDs()] });
const plan = (order: string[], blocks: NodeJSON[] = []): Plan => ({
  order,
  blocks: new Map(blocks.map((b) => [String(b.attrs!.id), canonText(b)])),
  fields: new Map(),
  changed: true,
  conflicts: [],
  superseded: [],
  open: null,
});
const lines = (s: EditorState): string[] => {
  const out: string[] = [];
  s.doc.forEach((n) => out.push(`${String(n.attrs.id)} ${n.textContent}`));
  return out;
};
const ids = (s: EditorState): string[] => lines(s).map((l) => l.split(" ")[0]!);
const at = (s: EditorState, pos: number): EditorState => s.apply(s.tr.setSelection(TextSelection.create(s.doc, pos)));

test("a block of others is changed without moving the cursor or entering undo", () => {
  let s = open(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  s = at(s, s.doc.content.size - 1);
  s = s.apply(s.tr.insertText(" milikku"));
  s = s.apply(applyPlan(s, plan(["aaaaaaa1", "bbbbbbb1", "aaaaaaa2"], [p("aaaaaaa1", "satu yang panjang"), p("bbbbbbb1", "baru")]))!);
  assert.deepEqual(lines(s), ["aaaaaaa1 satu yang panjang", "bbbbbbb1 baru", "aaaaaaa2 dua milikku"]);
  assert.equal(s.selection.from, s.doc.content.size - 1);
  undo(s, (tr) => (s = s.apply(tr)));
  assert.deepEqual(lines(s), ["aaaaaaa1 satu yang panjang", "bbbbbbb1 baru", "aaaaaaa2 dua"]);
});

test("a change in the block of the cursor keeps the cursor's place in the text", () => {
  let s = at(open(p("aaaaaaa1", "Presiden tiba di Bogor")), 14); // after "tiba"
  s = s.apply(applyPlan(s, plan(["aaaaaaa1"], [p("aaaaaaa1", "Hari ini Presiden tiba di Bogor")]))!);
  assert.equal(s.doc.textBetween(0, s.selection.from), "Hari ini Presiden tiba");
});

test("blocks are moved, and the cursor goes with its block", () => {
  let s = at(open(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"), p("aaaaaaa3", "tiga")), 3);
  s = s.apply(applyPlan(s, plan(["aaaaaaa2", "aaaaaaa3", "aaaaaaa1"]))!);
  assert.deepEqual(ids(s), ["aaaaaaa2", "aaaaaaa3", "aaaaaaa1"]);
  assert.equal(s.selection.$from.parent.textContent, "satu");
  assert.equal(s.selection.$from.parentOffset, 2);
});

test("what others deleted goes, and a document without blocks keeps a line to write in", () => {
  let s = open(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  s = s.apply(applyPlan(s, plan(["aaaaaaa2"]))!);
  assert.deepEqual(ids(s), ["aaaaaaa2"]);
  s = s.apply(applyPlan(s, plan([]))!);
  assert.equal(s.doc.childCount, 1);
  assert.deepEqual(contentOf(s.doc, new Set<string>()), { order: [], blocks: new Map() });
});

test("every order of blocks can be reached from every other", () => {
  const names = ["aaaaaaa1", "aaaaaaa2", "aaaaaaa3", "aaaaaaa4", "aaaaaaa5"];
  for (let seed = 0; seed < 300; seed++) {
    let x = seed * 7919 + 17;
    const roll = (n: number): number => ((x = (x * 1103515245 + 12345) & 0x7fffffff) >> 8) % n;
    const pick = (): string[] => names.filter(() => roll(4) > 0).sort(() => roll(3) - 1);
    const from = pick();
    const to = pick();
    if (!from.length || !to.length) continue;
    let s = open(...from.map((id) => p(id, id)));
    const tr = applyPlan(s, plan(to, to.map((id) => p(id, id))));
    if (tr) s = s.apply(tr);
    assert.deepEqual(ids(s), to, `seed ${seed}: ${from.join()}`);
    s.doc.check();
  }
});

test("a plan that changes nothing makes no transaction", () => {
  const s = open(p("aaaaaaa1", "satu"));
  assert.equal(applyPlan(s, plan(["aaaaaaa1"], [p("aaaaaaa1", "satu")])), null);
});

test("a split gives the new block a new id, also at the start of a line", () => {
  let s = at(open(p("aaaaaaa1", "satu dua")), 5);
  splitBlock(s, (tr) => (s = s.apply(tr)));
  assert.equal(ids(s)[0], "aaaaaaa1");
  assert.ok(validID(ids(s)[1]) && ids(s)[1] !== "aaaaaaa1");
  s = at(open(p("aaaaaaa1", "satu dua")), 1);
  splitBlock(s, (tr) => (s = s.apply(tr)));
  assert.equal(ids(s)[1], "aaaaaaa1", "the text keeps its id");
});

test("a copy gets a new id, the original keeps its own, undo takes both back", () => {
  let s = open(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  s = s.apply(s.tr.insert(0, schema.nodeFromJSON(p("aaaaaaa2", "dua"))));
  assert.equal(ids(s).length, 3);
  assert.equal(ids(s)[2], "aaaaaaa2");
  assert.equal(new Set(ids(s)).size, 3);
  undo(s, (tr) => (s = s.apply(tr)));
  assert.deepEqual(ids(s), ["aaaaaaa1", "aaaaaaa2"]);
});

test("ids are eight letters and digits", () => {
  for (let i = 0; i < 200; i++) assert.ok(validID(newID()));
});

test("the schema takes every node of the server's and gives it back unchanged", () => {
  const inline = [{ type: "text", marks: [{ type: "link", attrs: { href: "https://a.id/" } }, { type: "strong" }, { type: "sub" }, { type: "sup" }, { type: "code" }], text: "x" }, { type: "hard_break" }];
  const para = { type: "paragraph", content: inline };
  const item: NodeJSON = { type: "list_item", content: [para, { type: "bullet_list", content: [{ type: "list_item", content: [para] }] }] };
  const blocks: NodeJSON[] = [
    { type: "paragraph", attrs: { id: "aaaaaaa1" }, content: inline },
    { type: "heading", attrs: { id: "aaaaaaa2", level: 3 }, content: inline },
    { type: "bullet_list", attrs: { id: "aaaaaaa3" }, content: [item] },
    { type: "ordered_list", attrs: { id: "aaaaaaa4", order: 4 }, content: [item] },
    { type: "blockquote", attrs: { id: "aaaaaaa5", attribution: "Rani", pull: true }, content: [para] },
    { type: "picture", attrs: { id: "aaaaaaa6", picture: 4, caption: "c", credit: "k", alt: "a" } },
    { type: "gallery", attrs: { id: "aaaaaaa7", caption: "c" }, content: [{ type: "picture", attrs: { picture: 4 } }] },
    { type: "table", attrs: { id: "aaaaaaa8", caption: "t" }, content: [{ type: "table_row", content: [{ type: "table_header", attrs: { colspan: 2 }, content: [para] }] }, { type: "table_row", content: [{ type: "table_cell", content: [para] }, { type: "table_cell", content: [{ type: "paragraph" }] }] }] },
    { type: "fact_box", attrs: { id: "aaaaaaa9", title: "t" }, content: [{ type: "heading", attrs: { level: 4 } }, para] },
    { type: "embed", attrs: { id: "aaaaaab1", provider: "youtube", url: "https://youtu.be/x", title: "t" } },
    { type: "read_also", attrs: { id: "aaaaaab2", story: 7, url: "/a", headline: "h" } },
    { type: "ad_break", attrs: { id: "aaaaaab3" } },
    { type: "horizontal_rule", attrs: { id: "aaaaaab4" } },
  ];
  for (const b of blocks) {
    const node = schema.nodeFromJSON(b);
    node.check();
    assert.equal(textOf(node), JSON.stringify(b));
  }
  assert.equal(positionOf(open(...blocks).doc, "aaaaaaa1"), 0);
});
