// The slash menu: "/" at the beginning of a word opens the list of blocks, and
// what is typed behind it narrows the list.

import { Plugin, PluginKey } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type { Action } from "./commands";
import type { Desk } from "./desk";
import type { Choice, Menu } from "./menu";

const key = new PluginKey<number>("slash");
const TYPED = /(?:^|\s)\/([\p{L}\p{N}]*(?: [\p{L}\p{N}]+)?)$/u;

/** The words of an action that people may look for it by. */
function matches(desk: Desk, a: Action, typed: string): boolean {
  const words = `${desk.say("editor.block." + a.id)} ${a.also ?? ""}`.toLowerCase();
  return typed.toLowerCase().split(" ").every((t) => words.split(/\s+/).some((w) => w.startsWith(t)));
}

/** Actions as lines of a menu. */
export function choicesOf(desk: Desk, view: EditorView, list: readonly Action[], before?: () => void): Choice[] {
  return list
    .filter((a) => !a.when || a.when(view.state))
    .map((a) => ({
      id: a.id,
      label: desk.say("editor.block." + a.id),
      detail: a.keys,
      icon: a.icon,
      group: desk.say("editor.group." + a.group),
      run: () => {
        before?.();
        a.run(view);
      },
    }));
}

/** The plugin; the state is the position of a slash that somebody closed the menu on. */
export function slash(desk: Desk, menu: Menu, actions: readonly Action[]): Plugin {
  let mine = false;
  return new Plugin<number>({
    key,
    state: {
      init: () => -1,
      apply: (tr, closed) => {
        const at = (tr.getMeta(key) as number | undefined) ?? (closed < 0 ? -1 : tr.mapping.map(closed));
        const slashed = at >= 0 && at < tr.doc.content.size && tr.doc.textBetween(at, at + 1) === "/";
        return slashed ? at : -1;
      },
    },
    props: {
      handleKeyDown: (_view, e) => mine && menu.key(e),
      handleDOMEvents: {
        blur: () => {
          if (mine) menu.hide();
          return false;
        },
      },
    },
    view: () => ({
      update(view, old) {
        const { selection, doc } = view.state;
        if (doc === old.doc && !mine) return;
        const { $from, empty } = selection;
        const text = empty && $from.parent.isTextblock ? $from.parent.textBetween(0, $from.parentOffset, undefined, "\ufffc") : "";
        const m = TYPED.exec(text);
        const at = m ? $from.pos - m[1]!.length - 1 : -1;
        if (!m || !view.editable || at === key.getState(view.state)) {
          if (mine) menu.hide();
          return;
        }
        const list = actions.filter((a) => a.group !== "table" && a.group !== "block" && matches(desk, a, m[1]!));
        const choices = choicesOf(desk, view, list, () => view.dispatch(view.state.tr.delete(at, view.state.selection.from)));
        if (!choices.length) {
          if (mine) menu.hide();
          return;
        }
        const coords = view.coordsAtPos(at);
        mine = true;
        menu.show(desk.say("editor.menu"), choices, coords, () => {
          mine = false;
          // Not in the middle of an update.
          queueMicrotask(() => view.isDestroyed || view.dispatch(view.state.tr.setMeta(key, at)));
        });
      },
    }),
  });
}
