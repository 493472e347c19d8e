// What the menus offer: turning a block into another kind, putting one in, and
// the tools of a table.

import { lift, toggleMark, wrapIn } from "prosemirror-commands";
import { wrapInList } from "prosemirror-schema-list";
import { Selection, TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import { Fragment, type Node, type NodeType } from "prosemirror-model";
import type { EditorView } from "prosemirror-view";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, mergeCells, splitCell, toggleHeaderColumn, toggleHeaderRow } from "prosemirror-tables";
import { newID } from "./ids";
import { schema } from "./schema";
import { inside, moveBlock, turnInto } from "./typing";

/** One thing that can be done, with the key of its words. */
export interface Action {
  id: string; // editor.block.<id> are its words
  icon: string;
  group: "turn" | "put" | "table" | "block";
  also?: string; // further words by which people look for it
  keys?: string;
  when?: (state: EditorState) => boolean;
  run(view: EditorView): void;
}

const node = (name: string): NodeType => schema.nodes[name]!;

const command = (c: Command) => (view: EditorView): void => {
  c(view.state, view.dispatch, view);
  view.focus();
};

/** The kind of the text block that the cursor is in. */
export function blockAt(state: EditorState): string {
  const { $from } = state.selection;
  for (let d = $from.depth; d > 0; d--) {
    const name = $from.node(d).type.name;
    if (name === "heading") return `h${Number($from.node(d).attrs.level)}`;
    if (name !== "paragraph" && name !== "list_item") return name;
  }
  return "paragraph";
}

/** The id of the block of the cursor, for what is put around it: it stays the same block. */
function ownID(state: EditorState): unknown {
  const { $from } = state.selection;
  return $from.depth === 1 ? $from.parent.attrs.id : null;
}

/** Turns the list of the cursor into the other kind, or makes or undoes one. */
function list(name: "bullet_list" | "ordered_list"): Command {
  return (state, dispatch) => {
    const { $from, $to } = state.selection;
    const range = $from.blockRange($to, (n) => /_list$/.test(n.type.name));
    if (!range) return wrapInList(node(name), { id: ownID(state) })(toParagraph(state, dispatch) ?? state, dispatch);
    if (range.parent.type === node(name)) return lift(state, dispatch) || false;
    const { id } = range.parent.attrs;
    dispatch?.(state.tr.setNodeMarkup(range.start - 1, node(name), id ? { id } : {}));
    return true;
  };
}

/** Lists and quotes hold paragraphs: a heading becomes one first. */
function toParagraph(state: EditorState, dispatch: ((tr: Transaction) => void) | undefined): EditorState | null {
  if (state.selection.$from.parent.type !== node("heading") || !dispatch) return null;
  let next: EditorState | null = null;
  turnInto("paragraph")(state, (tr) => {
    dispatch(tr);
    next = state.apply(tr);
  });
  return next;
}

function quote(pull: boolean): Command {
  return (state, dispatch) => {
    const { $from } = state.selection;
    if (inside($from, "blockquote")) return lift(state, dispatch);
    return wrapIn(node("blockquote"), { pull, id: ownID(state) })(toParagraph(state, dispatch) ?? state, dispatch);
  };
}

/** Puts blocks in behind the block of the cursor, in its place if it is an empty paragraph. */
export function putBlocks(state: EditorState, blocks: readonly Node[]): Transaction {
  const tr = state.tr;
  const { $from } = state.selection;
  const top = $from.depth > 0 ? $from.node(1) : null;
  const empty = top?.type === node("paragraph") && top.content.size === 0;
  const last = blocks[blocks.length - 1]!;
  const start = top ? $from.before(1) : state.selection.to;
  const at = empty ? start : top ? $from.after(1) : state.selection.to;
  tr.replaceWith(at, empty ? $from.after(1) : at, Fragment.fromArray([...blocks]));
  const end = at + blocks.reduce((n, b) => n + b.nodeSize, 0);
  if (last.isTextblock || last.type.name === "table" || last.type.name === "fact_box") {
    return tr.setSelection(Selection.near(tr.doc.resolve(at + 1))).scrollIntoView();
  }
  // Writing goes on behind what cannot be written in.
  if (!tr.doc.resolve(end).nodeAfter?.isTextblock) tr.insert(end, node("paragraph").create({ id: newID() }));
  return tr.setSelection(TextSelection.create(tr.doc, end + 1)).scrollIntoView();
}

const put = (make: () => Node) => (view: EditorView): void => {
  view.dispatch(putBlocks(view.state, [make()]));
  view.focus();
};

const paragraph = (): Node => node("paragraph").create();

function table(rows: number, columns: number): Node {
  const row = (kind: string): Node => node("table_row").create(null, Array.from({ length: columns }, () => node(kind).create(null, paragraph())));
  return node("table").create({ id: newID() }, [row("table_header"), ...Array.from({ length: rows - 1 }, () => row("table_cell"))]);
}

function factBox(view: EditorView): void {
  view.dispatch(putBlocks(view.state, [node("fact_box").create({ id: newID() }, paragraph())]));
  const { $from } = view.state.selection;
  const dom = $from.depth > 0 ? view.nodeDOM($from.before(1)) : null;
  const title = dom instanceof HTMLElement ? dom.querySelector<HTMLInputElement>(".ed-attr-title") : null;
  if (title) title.focus();
  else view.focus();
}

/** Removes the block of the cursor. */
const removeBlock: Command = (state, dispatch) => {
  const { $from } = state.selection;
  const tr = state.tr;
  if ($from.depth > 0) tr.delete($from.before(1), $from.after(1));
  else tr.deleteSelection();
  if (!tr.doc.childCount) tr.insert(0, node("paragraph").create({ id: newID() }));
  dispatch?.(tr.scrollIntoView());
  return true;
};

/** What a menu asks of the editor beyond the document. */
export interface Asks {
  pictures(view: EditorView, many: boolean): void;
  readAlso(view: EditorView): void;
  embed(view: EditorView): void;
}

const inTable = (s: EditorState): boolean => inside(s.selection.$from, "table");
const atTop = (s: EditorState): boolean => s.selection.$from.depth <= 1 && !inTable(s);
const notTable = (s: EditorState): boolean => !inTable(s);

/** Everything that the block menus offer. */
export function actions(ask: Asks): Action[] {
  const turn = (id: string, icon: string, c: Command, keys: string, also = ""): Action => ({ id, icon, group: "turn", keys, also, when: notTable, run: command(c) });
  const tool = (id: string, icon: string, c: Command): Action => ({ id, icon, group: "table", when: (s) => inTable(s) && c(s), run: command(c) });
  return [
    tool("row_add", "plus", addRowAfter),
    tool("column_add", "plus", addColumnAfter),
    tool("row_remove", "remove", deleteRow),
    tool("column_remove", "remove", deleteColumn),
    tool("row_head", "heading", toggleHeaderRow),
    tool("column_head", "heading", toggleHeaderColumn),
    tool("cells_merge", "table", mergeCells),
    tool("cell_split", "table", splitCell),
    tool("table_remove", "remove", deleteTable),
    turn("paragraph", "paragraph", turnInto("paragraph"), "Ctrl+Alt+0", "teks text p"),
    turn("h2", "heading", turnInto("heading", { level: 2 }), "##", "judul heading h2"),
    turn("h3", "heading", turnInto("heading", { level: 3 }), "###", "judul heading h3"),
    turn("h4", "heading", turnInto("heading", { level: 4 }), "####", "judul heading h4"),
    turn("bullet_list", "bullets", list("bullet_list"), "-", "poin list ul"),
    turn("ordered_list", "ordered", list("ordered_list"), "1.", "nomor list ol"),
    { ...turn("blockquote", "quote", quote(false), ">", "quote"), when: (s) => atTop(s) || inside(s.selection.$from, "blockquote") },
    { ...turn("pull", "quote", quote(true), "", "quote pull besar"), when: atTop },
    { id: "picture", icon: "picture", group: "put", also: "gambar image picture photo", when: notTable, run: (v) => ask.pictures(v, false) },
    { id: "gallery", icon: "gallery", group: "put", also: "foto gambar", when: notTable, run: (v) => ask.pictures(v, true) },
    { id: "read_also", icon: "also", group: "put", also: "tautan link related", when: notTable, run: (v) => ask.readAlso(v) },
    { id: "embed", icon: "embed", group: "put", also: "youtube x twitter instagram tiktok facebook spotify video", when: notTable, run: (v) => ask.embed(v) },
    { id: "table", icon: "table", group: "put", also: "data", when: notTable, run: put(() => table(3, 3)) },
    { id: "fact", icon: "fact", group: "put", also: "box info", when: notTable, run: factBox },
    { id: "divider", icon: "divider", group: "put", also: "garis line hr", keys: "---", when: notTable, run: put(() => node("horizontal_rule").create({ id: newID() })) },
    { id: "ad", icon: "ad", group: "put", also: "iklan advert", when: notTable, run: put(() => node("ad_break").create({ id: newID() })) },
    { id: "cut", icon: "cut", group: "put", also: "anggota potong members paywall", when: atTop, run: put(() => node("members_cut").create({ id: newID() })) },
    { id: "up", icon: "up", group: "block", keys: "Alt+↑", when: (s) => moveBlock(-1)(s), run: command(moveBlock(-1)) },
    { id: "down", icon: "down", group: "block", keys: "Alt+↓", when: (s) => moveBlock(1)(s), run: command(moveBlock(1)) },
    { id: "remove", icon: "remove", group: "block", also: "hapus delete", run: command(removeBlock) },
  ];
}

/** A mark by its name, on or off. */
export function markCommand(name: string): Command {
  return toggleMark(schema.marks[name]!);
}

/** Whether a mark is on where the cursor is. */
export function markActive(state: EditorState, name: string): boolean {
  const { from, $from, to, empty } = state.selection;
  const type = schema.marks[name]!;
  return empty ? !!type.isInSet(state.storedMarks ?? $from.marks()) : state.doc.rangeHasMark(from, to, type);
}
