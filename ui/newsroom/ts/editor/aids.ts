// The house's aids while one writes in Indonesian: a date offers its weekday,
// and a weekday that is not the date's is underlined. Tab takes what is offered.

import { Plugin, PluginKey, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import type { Node } from "prosemirror-model";
import { mismatches, offerDate, type Mismatch } from "./dates";
import { float, h } from "./dom";
import type { Desk } from "./desk";

/** A change that is offered at the cursor. */
interface Offer {
  from: number;
  to: number;
  text: string;
  why: string;
}

const key = new PluginKey<DecorationSet>("aids");
const wrong = new WeakMap<Node, Mismatch[]>();

function wrongIn(block: Node): Mismatch[] {
  let list = wrong.get(block);
  if (!list) {
    list = mismatches(block.textBetween(0, block.content.size, undefined, "\ufffc"));
    wrong.set(block, list);
  }
  return list;
}

/** The plugin. language says what the story is written in. */
export function aids(desk: Desk, host: HTMLElement, language: () => string): Plugin {
  const bubble = h("button", { type: "button", class: "ed-offer", tabindex: -1, hidden: true });
  const spoken = h("div", { class: "hidden", role: "status" });
  let offer: Offer | null = null;
  let refused = -1; // where somebody said no

  const explain = (m: Mismatch): string => desk.say("editor.weekday_wrong", { date: m.date, right: m.right });

  const marks = (state: EditorState): DecorationSet => {
    if (language() !== "id") return DecorationSet.empty;
    const list: Decoration[] = [];
    state.doc.descendants((node, pos) => {
      if (!node.isTextblock) return true;
      for (const m of wrongIn(node)) {
        list.push(Decoration.inline(pos + 1 + m.from, pos + 1 + m.to, { class: "ed-wrong", title: explain(m) }));
      }
      return false;
    });
    return DecorationSet.create(state.doc, list);
  };

  const find = (state: EditorState, typed: boolean): Offer | null => {
    const { $from, empty } = state.selection;
    if (!empty || !$from.parent.isTextblock || language() !== "id") return null;
    const start = $from.start();
    for (const m of wrongIn($from.parent)) {
      if ($from.parentOffset >= m.from && $from.parentOffset <= m.to + m.date.length + 3) {
        return { from: start + m.from, to: start + m.to, text: m.right, why: explain(m) };
      }
    }
    if (!typed) return null;
    const found = offerDate($from.parent.textBetween(0, $from.parentOffset, undefined, "\ufffc"));
    return found && { from: start + found.from, to: start + found.to, text: found.text, why: desk.say("editor.date_offer") };
  };

  const hide = (): void => {
    offer = null;
    bubble.hidden = true;
    spoken.textContent = "";
  };

  const accept = (view: EditorView): boolean => {
    if (!offer) return false;
    const { from, to, text } = offer;
    hide();
    view.dispatch(view.state.tr.insertText(text, from, to).scrollIntoView());
    view.focus();
    return true;
  };

  return new Plugin<DecorationSet>({
    key,
    state: {
      init: (_, state) => marks(state),
      apply: (tr, set, _old, state) => (tr.docChanged || tr.getMeta("language") ? marks(state) : set),
    },
    props: {
      decorations: (state) => key.getState(state),
      handleKeyDown: (view, e) => {
        if (!offer || e.isComposing) return false;
        if (e.key === "Tab" && !e.shiftKey) return accept(view);
        if (e.key !== "Escape") return false;
        refused = offer.from;
        hide();
        return true;
      },
      handleDOMEvents: {
        blur: () => {
          hide();
          return false;
        },
      },
    },
    view: (view) => {
      const take = (e: Event): void => {
        e.preventDefault();
        accept(view);
      };
      host.append(bubble, spoken);
      bubble.addEventListener("pointerdown", take);
      return {
        update(view, old) {
          const typed = view.state.doc !== old.doc;
          if (!typed && view.state.selection.eq(old.selection)) return;
          const next = view.hasFocus() ? find(view.state, typed) : null;
          if (!next || next.from === refused) return hide();
          refused = -1;
          const same = offer?.text === next.text && offer.from === next.from;
          offer = next;
          bubble.replaceChildren(h("kbd", {}, "Tab"), " ", h("b", {}, next.text), h("small", {}, next.why));
          bubble.hidden = false;
          float(bubble, view.coordsAtPos(next.from));
          if (!same) spoken.textContent = `${next.why} ${next.text} (Tab)`;
        },
        destroy: () => {
          bubble.removeEventListener("pointerdown", take);
          bubble.remove();
          spoken.remove();
        },
      };
    },
  });
}
