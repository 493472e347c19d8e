import { test } from "node:test";
import assert from "node:assert/strict";
import { EditorState, TextSelection, type Plugin, type Transaction } from "prosemirror-state";
import { history } from "prosemirror-history";
import { undoInputRule } from "prosemirror-inputrules";
import { actions } from "./commands";
import { blockIDs } from "./ids";
import { canon, type NodeJSON } from "./json";
import { schema } from "./schema";
import { listDepth, moveBlock, turnInto, typing } from "./typing";

const plugins = [...typing(() => false), history(), blockIDs()];
const p = (id: string, text: string): NodeJSON => ({ type: "paragraph", attrs: { id }, ...(text ? { content: [{ type: "text", text }] } : {}) });

/** A view without a page: enough for rules and commands. */
class Desk {
  state: EditorState;
  composing = false;
  constructor(...blocks: NodeJSON[]) {
    this.state = EditorState.create({ doc: schema.nodeFromJSON({ type: "doc", content: blocks }), plugins });
    this.to(this.state.doc.content.size - 1);
  }
  dispatch = (tr: Transaction): void => void (this.state = this.state.apply(tr));
  focus(): void {
    // nobody looks
  }
  to(pos: number): void {
    this.dispatch(this.state.tr.setSelection(TextSelection.near(this.state.doc.resolve(pos))));
  }
  type(text: string): this {
    for (const c of text) {
      const { from, to } = this.state.selection;
      const handled = plugins.some((pl: Plugin) => (pl.props.handleTextInput as unknown as ((v: unknown, f: number, t: number, s: string) => boolean) | undefined)?.call(pl, this, from, to, c));
      if (!handled) this.dispatch(this.state.tr.insertText(c, from, to));
    }
    return this;
  }
  get json(): NodeJSON[] {
    return (this.state.doc.toJSON() as NodeJSON).content!.map((b) => canon(b));
  }
  get short(): string[] {
    return this.json.map((b) => `${b.type} ${String(b.attrs?.id)}`);
  }
}

const run = (d: Desk, id: string): void => actions({ pictures: () => {}, readAlso: () => {}, embed: () => {} }).find((a) => a.id === id)!.run(d as never);

test("signs at the beginning of a line make headings, lists and quotes of the same block", () => {
  assert.deepEqual(new Desk(p("aaaaaaa1", "")).type("### H").json, [{ type: "heading", attrs: { id: "aaaaaaa1", level: 3 }, content: [{ type: "text", text: "H" }] }]);
  assert.deepEqual(new Desk(p("aaaaaaa1", "")).type("- x").short, ["bullet_list aaaaaaa1"]);
  assert.deepEqual(new Desk(p("aaaaaaa1", "")).type("> x").short, ["blockquote aaaaaaa1"]);
  assert.deepEqual(new Desk(p("aaaaaaa1", "")).type("4. x").json[0]!.attrs, { id: "aaaaaaa1", order: 4 });
  assert.deepEqual(new Desk(p("aaaaaaa1", "")).type("---").short.map((s) => s.split(" ")[0]), ["horizontal_rule", "paragraph"]);
});

test("what a sign made is taken back by one step, with the sign", () => {
  for (const [typed, text] of [["## ", "## "], ["- ", "- "], ['"', '"'], ["a--", "a--"], ["...", "..."]]) {
    const d = new Desk(p("aaaaaaa1", "")).type(typed!);
    assert.ok(undoInputRule(d.state, d.dispatch), typed);
    assert.deepEqual(d.json, [p("aaaaaaa1", text!)], typed);
  }
});

test("marks are set between signs and quotes are set as printed", () => {
  const d = new Desk(p("aaaaaaa1", "")).type('Ia "*pergi*" lalu **tebal** dan ~~salah~~ -- usai...');
  assert.deepEqual(d.json[0]!.content!.map((r) => `${r.text!}${r.marks?.[0]?.type ?? ""}`), ["Ia “", "pergiem", "” lalu ", "tebalstrong", " dan ", "salahstrike", " – usai…"]);
  const under = new Desk(p("aaaaaaa1", "")).type("_miring_ dan nama_berkas_baru");
  assert.deepEqual(under.json[0]!.content!.map((r) => `${r.text!}${r.marks?.[0]?.type ?? ""}`), ["miringem", " dan nama_berkas_baru"]);
});

test("turning a block into another kind keeps its id", () => {
  const d = new Desk(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  turnInto("heading", { level: 2 })(d.state, d.dispatch);
  assert.deepEqual(d.short, ["paragraph aaaaaaa1", "heading aaaaaaa2"]);
  run(d, "bullet_list");
  assert.deepEqual(d.short, ["paragraph aaaaaaa1", "bullet_list aaaaaaa2"]);
  run(d, "ordered_list");
  assert.deepEqual(d.short, ["paragraph aaaaaaa1", "ordered_list aaaaaaa2"]);
  run(d, "ordered_list");
  assert.deepEqual(d.short, ["paragraph aaaaaaa1", "paragraph aaaaaaa2"]);
  run(d, "pull");
  assert.deepEqual(d.json[1]!.attrs, { id: "aaaaaaa2", pull: true });
  run(d, "blockquote");
  assert.deepEqual(d.short, ["paragraph aaaaaaa1", "paragraph aaaaaaa2"]);
});

test("blocks move with their ids and the cursor stays in them", () => {
  const d = new Desk(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"), p("aaaaaaa3", "tiga"));
  moveBlock(-1)(d.state, d.dispatch);
  assert.deepEqual(d.short, ["paragraph aaaaaaa1", "paragraph aaaaaaa3", "paragraph aaaaaaa2"]);
  assert.equal(d.state.selection.$from.parent.textContent, "tiga");
  moveBlock(1)(d.state, d.dispatch);
  assert.deepEqual(d.short, ["paragraph aaaaaaa1", "paragraph aaaaaaa2", "paragraph aaaaaaa3"]);
  assert.equal(moveBlock(1)(d.state), false);
});

test("the depth of lists is counted", () => {
  const inner: NodeJSON = { type: "bullet_list", content: [{ type: "list_item", content: [p("x", "b")] }] };
  const d = new Desk({ type: "bullet_list", attrs: { id: "aaaaaaa1" }, content: [{ type: "list_item", content: [p("x", "a"), inner] }] });
  assert.equal(listDepth(d.state.selection.$from), 2);
});
