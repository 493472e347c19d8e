// Block ids: eight characters a to z and 0 to 9 on every block of the body,
// the same through all edits.

import { Plugin, type Transaction, type EditorState } from "prosemirror-state";
import type { Node } from "prosemirror-model";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A new id that nobody can foretell. */
export function newID(): string {
  let id = "";
  while (id.length < 8) {
    for (const n of crypto.getRandomValues(new Uint8Array(12))) {
      if (n < 252 && id.length < 8) id += ALPHABET[n % 36]; // 252 is a multiple of 36
    }
  }
  return id;
}

/** Whether s has the form of a block id. */
export function validID(s: unknown): s is string {
  return typeof s === "string" && /^[a-z0-9]{8}$/.test(s);
}

/**
 * Which block of those that share an id keeps it: the one that was there
 * before; after a split the one that holds the text.
 */
function keeper(nodes: Node[], before: Node | undefined): number {
  const same = nodes.findIndex((n) => n === before);
  if (same >= 0) return same;
  const [first, second] = nodes;
  return first && second && first.textContent === "" && second.textContent !== "" ? 1 : 0;
}

/** Gives ids to blocks that have none, and new ones to copies. */
export function renew(state: EditorState, old: Node | null): Transaction | null {
  const holders = new Map<string, { node: Node; pos: number }[]>();
  const nameless: number[] = [];
  state.doc.forEach((node, pos) => {
    const id: unknown = node.attrs.id;
    if (!validID(id)) nameless.push(pos);
    else if (holders.has(id)) holders.get(id)!.push({ node, pos });
    else holders.set(id, [{ node, pos }]);
  });
  let twice = false;
  for (const [, list] of holders) twice ||= list.length > 1;
  if (!twice && !nameless.length) return null;
  const before = new Map<string, Node>();
  if (twice) old?.forEach((n) => before.set(String(n.attrs.id), n));
  for (const [id, list] of holders) {
    if (list.length < 2) continue;
    const keep = keeper(list.map((h) => h.node), before.get(id));
    list.forEach((h, i) => i !== keep && nameless.push(h.pos));
  }
  const tr = state.tr;
  for (const pos of nameless) tr.setNodeAttribute(pos, "id", newID());
  return tr;
}

/** The plugin that keeps every block's id valid and its own. */
export function blockIDs(): Plugin {
  return new Plugin({
    appendTransaction: (trs, old, state) => (trs.some((t) => t.docChanged) ? renew(state, old.doc) : null),
  });
}
