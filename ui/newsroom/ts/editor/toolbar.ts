// The tools where the cursor is: above marked text, in the margin of the block,
// and on a phone in a bar above the keyboard.

import { redo, undo } from "prosemirror-history";
import { NodeSelection, Plugin, TextSelection, type Command } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { blockAt, markActive, markCommand, type Action } from "./commands";
import type { Desk } from "./desk";
import { float, h, icon } from "./dom";
import type { Menu } from "./menu";
import { choicesOf } from "./slash";

const PHONE = matchMedia("(max-width: 767px)");

interface Tool {
  id: string;
  el: HTMLButtonElement;
  active?: (view: EditorView) => boolean;
  enabled?: (view: EditorView) => boolean;
}

/** The toolbar and the button in the margin. */
export class Toolbar {
  readonly bar: HTMLElement;
  readonly margin: HTMLButtonElement;
  private readonly tools: Tool[] = [];
  private view!: EditorView;
  private pressing = false;

  constructor(private readonly desk: Desk, host: HTMLElement, private readonly menu: Menu, private readonly actions: readonly Action[], private readonly link: Command) {
    this.bar = h("div", { class: "ed-bar", role: "toolbar", "aria-label": desk.say("editor.toolbar"), hidden: true });
    this.margin = h("button", { type: "button", class: "ed-margin", "aria-label": desk.say("editor.block_menu"), title: desk.say("editor.block_menu"), "aria-haspopup": "listbox", tabindex: -1, hidden: true }, icon("plus"));
    this.build();
    this.bar.addEventListener("mousedown", (e) => e.preventDefault());
    this.bar.addEventListener("keydown", (e) => this.key(e));
    this.margin.addEventListener("mousedown", (e) => e.preventDefault());
    this.margin.addEventListener("click", () => this.openMenu(this.margin.getBoundingClientRect()));
    host.append(this.bar, this.margin);
    // Above the keyboard of a phone.
    const fit = (): void => {
      const v = window.visualViewport;
      this.bar.style.setProperty("--keyboard", v && PHONE.matches ? `${Math.max(0, Math.round(innerHeight - v.height - v.offsetTop))}px` : "0px");
    };
    window.visualViewport?.addEventListener("resize", fit);
    window.visualViewport?.addEventListener("scroll", fit);
  }

  private tool(id: string, content: Element | string, run: () => void, state: Pick<Tool, "active" | "enabled"> = {}, phone = false): void {
    const label = this.desk.say("editor.tool." + id);
    const el = h("button", { type: "button", class: phone ? "ed-phone" : "", "aria-label": label, title: label, tabindex: -1, onclick: run }, content);
    if (state.active) el.setAttribute("aria-pressed", "false");
    this.tools.push({ id, el, ...state });
    this.bar.append(el);
  }

  private build(): void {
    const run = (c: Command) => (): void => {
      c(this.view.state, this.view.dispatch, this.view);
      this.view.focus();
    };
    const letter = (tag: "b" | "i" | "s" | "u", text: string): Element => h(tag, {}, text);
    const mark = (name: string, content: Element | string): void => this.tool(name, content, run(markCommand(name)), { active: (v) => markActive(v.state, name) });
    this.tool("more", icon("plus"), () => this.openMenu(this.bar.getBoundingClientRect()), {}, true);
    mark("strong", letter("b", "B"));
    mark("em", letter("i", "I"));
    this.tool("link", icon("link"), run(this.link), { active: (v) => markActive(v.state, "link") });
    for (const [id, content] of [["h2", "H2"], ["h3", "H3"], ["bullet_list", icon("bullets")], ["ordered_list", icon("ordered")], ["blockquote", icon("quote")]] as const) {
      const action = this.actions.find((a) => a.id === id)!;
      const back = this.actions.find((a) => a.id === "paragraph")!;
      this.tool(id, content, () => (/^h/.test(id) && blockAt(this.view.state) === id ? back : action).run(this.view), { active: (v) => blockAt(v.state) === id, enabled: (v) => !action.when || action.when(v.state) });
    }
    mark("underline", letter("u", "U"));
    mark("strike", letter("s", "S"));
    mark("sub", h("span", {}, "x", h("sub", {}, "2")));
    mark("sup", h("span", {}, "x", h("sup", {}, "2")));
    this.tool("undo", icon("undo"), run(undo), { enabled: (v) => undo(v.state) }, true);
    this.tool("redo", icon("redo"), run(redo), { enabled: (v) => redo(v.state) }, true);
  }

  private openMenu(at: { left: number; top: number; bottom: number }): void {
    if (this.menu.open) return this.menu.hide();
    this.view.focus();
    this.menu.show(this.desk.say("editor.block_menu"), choicesOf(this.desk, this.view, this.actions), at);
  }

  /** Arrow keys go from tool to tool, Escape goes back to the text. */
  private key(e: KeyboardEvent): void {
    const shown = this.tools.filter((t) => t.el.offsetParent !== null && !t.el.disabled);
    const i = shown.findIndex((t) => t.el === document.activeElement);
    const to = e.key === "ArrowRight" ? i + 1 : e.key === "ArrowLeft" ? i - 1 : e.key === "Home" ? 0 : e.key === "End" ? shown.length - 1 : null;
    if (e.key === "Escape") {
      e.preventDefault();
      this.view.focus();
    } else if (to !== null && shown.length) {
      e.preventDefault();
      shown[(to + shown.length) % shown.length]!.el.focus();
    }
  }

  private update(): void {
    const { view, bar, margin } = this;
    const { selection } = view.state;
    const inBar = bar.contains(document.activeElement);
    const focus = view.hasFocus() || inBar;
    const text = selection instanceof TextSelection && !selection.empty;
    const phone = PHONE.matches;
    for (const t of this.tools) {
      if (t.active) t.el.setAttribute("aria-pressed", String(t.active(view)));
      if (t.enabled) t.el.disabled = !t.enabled(view);
    }
    const show = view.editable && focus && (phone || inBar || (text && !this.pressing));
    bar.hidden = !show;
    document.body.classList.toggle("ed-writing", phone && focus && view.editable);
    if (show && !phone) float(bar, view.coordsAtPos(selection.from), true);
    else bar.removeAttribute("style");
    margin.hidden = phone || !focus || !view.editable || (!selection.empty && !(selection instanceof NodeSelection));
    if (!margin.hidden) this.placeMargin();
  }

  private placeMargin(): void {
    const { $from } = this.view.state.selection;
    const pos = $from.depth > 0 ? $from.before(1) : $from.pos;
    const dom = this.view.nodeDOM(pos);
    if (!(dom instanceof HTMLElement)) return void (this.margin.hidden = true);
    const box = dom.getBoundingClientRect();
    const host = this.margin.offsetParent?.getBoundingClientRect();
    if (host) this.margin.style.top = `${Math.round(box.top - host.top)}px`;
  }

  /** The plugin that keeps the tools where the cursor is. */
  plugin(): Plugin {
    return new Plugin({
      props: {
        handleKeyDown: (_view, e) => {
          if (this.menu.key(e)) return true;
          if (e.altKey && e.key === "F10") {
            this.bar.hidden = false;
            float(this.bar, this.view.coordsAtPos(this.view.state.selection.from), true);
            this.tools.find((t) => t.el.offsetParent !== null && !t.el.disabled)?.el.focus();
            return true;
          }
          if ((e.ctrlKey || e.metaKey) && e.key === "/") {
            this.openMenu(this.view.coordsAtPos(this.view.state.selection.from));
            return true;
          }
          return false;
        },
        handleDOMEvents: {
          mousedown: () => {
            this.pressing = true;
            return false;
          },
          focus: () => (setTimeout(() => this.update()), false),
          blur: () => {
            this.menu.hide();
            setTimeout(() => this.update(), 60);
            return false;
          },
        },
      },
      view: (view) => {
        this.view = view;
        const up = (): void => {
          if (!this.pressing) return;
          this.pressing = false;
          setTimeout(() => this.update());
        };
        const scrolled = (): void => {
          if (!this.bar.hidden && !PHONE.matches) this.update();
        };
        addEventListener("mouseup", up);
        addEventListener("scroll", scrolled, { passive: true });
        return {
          update: () => this.update(),
          destroy: () => {
            removeEventListener("mouseup", up);
            removeEventListener("scroll", scrolled);
          },
        };
      },
    });
  }
}
