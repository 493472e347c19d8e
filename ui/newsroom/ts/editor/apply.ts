// What others did, brought into the open document: block by block, so that the
// cursor stays where it is and undo knows only of one's own text.

import { Selection, TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import { Fragment, Slice, type Node } from "prosemirror-model";
import { canonText, type NodeJSON } from "./json";
import type { Content, Plan } from "./ledger";
import { newID } from "./ids";

const texts = new WeakMap<Node, string>();

/** The canonical text of a block, remembered as long as the block does not change. */
export function textOf(block: Node): string {
  let t = texts.get(block);
  if (t === undefined) {
    t = canonText(block.toJSON() as NodeJSON);
    texts.set(block, t);
  }
  return t;
}

/** The blocks of the document. An empty paragraph that stands alone and that nobody saved is no block. */
export function contentOf(doc: Node, known: { has(unit: string): boolean }): Pick<Content, "order" | "blocks"> {
  const order: string[] = [];
  const blocks = new Map<string, string>();
  const only = doc.firstChild;
  if (doc.childCount === 1 && only && only.type.name === "paragraph" && only.childCount === 0 && !known.has("b:" + String(only.attrs.id))) return { order, blocks };
  doc.forEach((node) => {
    const id = String(node.attrs.id);
    order.push(id);
    blocks.set(id, textOf(node));
  });
  return { order, blocks };
}

/** Puts a block in the place of another at pos, touching as little of it as it can. */
function replaceBlock(tr: Transaction, pos: number, old: Node, block: Node): void {
  if (old.type === block.type && old.inlineContent && block.inlineContent) {
    for (const name of Object.keys(block.attrs)) if (old.attrs[name] !== block.attrs[name]) tr.setNodeAttribute(pos, name, block.attrs[name]);
    const start = old.content.findDiffStart(block.content);
    if (start === null) return;
    const end = old.content.findDiffEnd(block.content)!;
    const overlap = Math.max(0, start - Math.min(end.a, end.b));
    tr.replace(pos + 1 + start, pos + 1 + end.a + overlap, block.slice(start, end.b + overlap));
    return;
  }
  tr.replace(pos, pos + old.nodeSize, new Slice(Fragment.from(block), 0, 0));
}

/** Where the cursor stands, as a block and an offset in it. */
function placeOf(doc: Node, pos: number): { id: string; offset: number } {
  const $pos = doc.resolve(pos);
  const index = Math.min($pos.index(0), doc.childCount - 1);
  let start = 0;
  for (let i = 0; i < index; i++) start += doc.child(i).nodeSize;
  return { id: String(doc.child(index).attrs.id), offset: pos - start };
}

function findBlock(doc: Node, id: string): { pos: number; node: Node } | null {
  let hit: { pos: number; node: Node } | null = null;
  doc.forEach((node, pos) => {
    if (node.attrs.id === id) hit ??= { pos, node };
  });
  return hit;
}

/** The position of a block by its id, -1 if there is none. */
export function positionOf(doc: Node, id: string): number {
  return findBlock(doc, id)?.pos ?? -1;
}

/** The transaction that brings the plan into the document; null if nothing changes. */
export function applyPlan(state: EditorState, plan: Plan): Transaction | null {
  const { schema } = state;
  const tr = state.tr;
  const made = new Map<string, Node>();
  for (const [id, text] of plan.blocks) made.set(id, schema.nodeFromJSON(JSON.parse(text)));

  // In place first: positions of later blocks are read anew each time.
  for (const [id, block] of made) {
    const hit = findBlock(tr.doc, id);
    if (hit && textOf(hit.node) !== textOf(block)) replaceBlock(tr, hit.pos, hit.node, block);
  }
  const before = placeOf(tr.doc, tr.selection.anchor);
  const moved = arrange(tr, plan.order, made, () => schema.nodes.paragraph!.create({ id: newID() }));
  if (!tr.docChanged) return null;
  if (moved && tr.selection instanceof TextSelection && state.selection.empty) {
    const hit = findBlock(tr.doc, before.id);
    if (hit) tr.setSelection(Selection.near(tr.doc.resolve(Math.min(hit.pos + before.offset, hit.pos + hit.node.nodeSize - 1))));
  }
  return tr.setMeta("addToHistory", false).setMeta("remote", true);
}

/** Brings the blocks into the order, takes out what is not in it, puts in what is new. */
function arrange(tr: Transaction, order: readonly string[], made: Map<string, Node>, filler: () => Node): boolean {
  const wanted = new Set(order);
  const now: string[] = [];
  tr.doc.forEach((n) => now.push(String(n.attrs.id)));
  const empty = order.length === 0;
  if (empty && !(now.length === 1 && tr.doc.firstChild!.content.size === 0 && tr.doc.firstChild!.type.name === "paragraph")) {
    tr.replaceWith(0, tr.doc.content.size, filler());
    return false;
  }
  if (empty) return false;
  const fixed = longestRun(now.filter((id) => wanted.has(id)), order);
  let moved = false;
  // From the end: what stands before keeps its position.
  const taken = new Map<string, Node>();
  const drops: { from: number; to: number }[] = [];
  tr.doc.forEach((node, pos) => {
    const id = String(node.attrs.id);
    if (fixed.has(id)) return;
    if (wanted.has(id)) taken.set(id, node);
    drops.push({ from: pos, to: pos + node.nodeSize });
  });
  // Put in before taking out: the document never gets empty on the way.
  let at = 0;
  const insert: { pos: number; node: Node }[] = [];
  const ends = new Map<string, number>();
  tr.doc.forEach((node, pos) => ends.set(String(node.attrs.id), pos + node.nodeSize));
  for (const id of order) {
    if (fixed.has(id)) {
      at = ends.get(id)!;
      continue;
    }
    const node = taken.get(id) ?? made.get(id);
    if (!node) continue;
    moved ||= taken.has(id);
    insert.push({ pos: at, node });
  }
  const mapFrom = tr.steps.length;
  for (const { pos, node } of insert) tr.insert(tr.mapping.slice(mapFrom).map(pos, 1), node);
  for (const { from, to } of drops) {
    const map = tr.mapping.slice(mapFrom);
    tr.delete(map.map(from, 1), map.map(to, -1));
  }
  return moved;
}

/** The largest set of ids that stand in the same order in both lists. */
function longestRun(now: readonly string[], order: readonly string[]): Set<string> {
  const place = new Map(order.map((id, i) => [id, i]));
  const tails: number[] = []; // index into now
  const back: number[] = [];
  now.forEach((id, i) => {
    const p = place.get(id)!;
    let lo = 0;
    let hi = tails.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (place.get(now[tails[mid]!]!)! < p) lo = mid + 1;
      else hi = mid;
    }
    back[i] = lo > 0 ? tails[lo - 1]! : -1;
    tails[lo] = i;
  });
  const out = new Set<string>();
  for (let i = tails[tails.length - 1] ?? -1; i >= 0; i = back[i]!) out.add(now[i]!);
  return out;
}
