// The body of the story on the page: the ProseMirror view with all that belongs
// to it.

import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { history } from "prosemirror-history";
import { EditorState, Plugin, TextSelection, type Command } from "prosemirror-state";
import { tableEditing } from "prosemirror-tables";
import type { Node } from "prosemirror-model";
import { EditorView } from "prosemirror-view";
import { aids } from "./aids";
import { applyPlan, contentOf, positionOf } from "./apply";
import { actions, putBlocks } from "./commands";
import { countWords, readingMinutes } from "./count";
import type { Desk } from "./desk";
import { h } from "./dom";
import { Finder } from "./finder";
import { blockIDs, newID } from "./ids";
import type { NodeJSON } from "./json";
import type { Content, Plan } from "./ledger";
import { asLink, providerOf } from "./links";
import { Menu } from "./menu";
import { pasting } from "./pasting";
import { choosePictures } from "./pictures";
import { askAddress, popover } from "./popover";
import { schema } from "./schema";
import { slash } from "./slash";
import { Toolbar } from "./toolbar";
import { typing } from "./typing";
import { nodeViews } from "./views";

/** What the body tells the page. */
export interface BodyEvents {
  changed(): void;
  say(text: string): void;
  language(): string;
  headline(): string;
}

/** The body of one story. */
export class Body {
  readonly view: EditorView;
  private readonly count = h("p", { class: "ed-count meta" });
  private readonly host: HTMLElement;
  editable = false;

  constructor(private readonly desk: Desk, mount: HTMLElement, private readonly on: BodyEvents) {
    const paper = h("div", { class: "ed-paper" });
    this.host = h("div", { class: "ed-host" }, paper);
    mount.replaceChildren(this.host, this.count);
    const place = h("div");
    this.view = new EditorView({ mount: place }, {
      state: EditorState.create({ schema, doc: empty() }),
      editable: () => this.editable,
      nodeViews: nodeViews(desk, { addPictures: (v, pos) => void this.addPictures(v, pos), changeReadAlso: (v, pos) => this.readAlso(v, pos) }),
      attributes: { class: "body ed-body", role: "textbox", "aria-multiline": "true", "aria-label": desk.say("editor.body"), "aria-describedby": "ed-hint" },
      dispatchTransaction: (tr) => {
        this.view.updateState(this.view.state.apply(tr));
        if (!tr.docChanged) return;
        this.counted();
        if (!tr.getMeta("remote")) on.changed();
      },
    });
    paper.append(place, h("p", { id: "ed-hint", class: "hidden" }, desk.say("editor.hint")));
    this.setUp();
    // Below the last block there is room to go on writing.
    paper.addEventListener("mousedown", (e) => {
      if (e.target !== paper || !this.editable) return;
      e.preventDefault();
      this.goToEnd();
    });
  }

  private setUp(): void {
    const { desk, view, host, on } = this;
    const menu = new Menu(host, view.dom);
    const link: Command = (state) => {
      if (state.selection.$from.parent.inlineContent) this.link();
      return true;
    };
    const list = actions({
      pictures: (v, many) => void this.putPictures(v, many),
      readAlso: (v) => this.readAlso(v),
      embed: (v) => this.embed(v),
    });
    const toolbar = new Toolbar(desk, host, menu, list, link);
    const plugins: Plugin[] = [
      slash(desk, menu, list),
      aids(desk, host, () => on.language()),
      toolbar.plugin(),
      ...typing(link),
      pasting(desk, { say: (t) => on.say(t), offerEmbed: (v, url, from, to) => this.offerEmbed(v, url, from, to) }),
      tableEditing(),
      dropCursor({ class: "ed-dropcursor", color: false }),
      gapCursor(),
      history({ depth: 500 }),
      blockIDs(),
      placeholder(desk.say("editor.placeholder")),
    ];
    view.updateState(EditorState.create({ schema, doc: view.state.doc, plugins }));
  }

  /** Shows a whole document; what could be undone before is forgotten. */
  open(content: NodeJSON[]): void {
    const doc = content.length ? schema.nodeFromJSON({ type: "doc", content }) : empty();
    const { plugins } = this.view.state;
    this.view.updateState(EditorState.create({ schema, doc, plugins }));
    this.counted();
  }

  /** Lets people write, or only look. */
  lock(on: boolean): void {
    this.editable = !on;
    this.view.setProps({});
    this.view.dom.setAttribute("aria-readonly", String(on));
  }

  /** The blocks as the ledger counts them. */
  content(known: { has(unit: string): boolean }): Pick<Content, "order" | "blocks"> {
    return contentOf(this.view.state.doc, known);
  }

  /** Takes over what others did. */
  take(plan: Plan): void {
    const tr = applyPlan(this.view.state, plan);
    if (tr) this.view.dispatch(tr);
  }

  private counted(): void {
    const doc = this.view.state.doc;
    const words = countWords(doc.textBetween(0, doc.content.size, "\n", " "));
    this.count.textContent = words ? this.desk.say("editor.count", { n: words, minutes: readingMinutes(words) }) : this.desk.say("editor.count_none");
  }

  /** Puts the cursor at the end, on an empty line if need be. */
  goToEnd(): void {
    const { tr, doc } = this.view.state;
    if (!doc.lastChild?.isTextblock) tr.insert(doc.content.size, schema.nodes.paragraph!.create({ id: newID() }));
    this.view.dispatch(tr.setSelection(TextSelection.create(tr.doc, tr.doc.content.size - 1)).scrollIntoView());
    this.view.focus();
  }

  /** Brings a block into view; whether it is there. */
  reveal(id: string): boolean {
    const pos = positionOf(this.view.state.doc, id);
    const dom = pos < 0 ? null : this.view.nodeDOM(pos);
    if (!(dom instanceof HTMLElement)) return false;
    dom.scrollIntoView({ block: "center" });
    dom.classList.add("ed-shown");
    setTimeout(() => dom.classList.remove("ed-shown"), 2000);
    return true;
  }

  /** Sets a block to what somebody chose, puts it in or takes it out, as an own change. */
  choose(id: string, block: NodeJSON | null, after?: string): void {
    const { tr, doc } = this.view.state;
    const pos = positionOf(doc, id);
    const node = block && schema.nodeFromJSON({ ...block, attrs: { ...block.attrs, id } });
    if (pos >= 0) {
      const end = pos + doc.nodeAt(pos)!.nodeSize;
      if (node) tr.replaceWith(pos, end, node);
      else if (doc.childCount > 1) tr.delete(pos, end);
      else tr.replaceWith(pos, end, schema.nodes.paragraph!.create({ id: newID() }));
    } else if (node) {
      const before = after ? positionOf(doc, after) : -1;
      tr.insert(before >= 0 ? before + doc.nodeAt(before)!.nodeSize : doc.content.size, node);
    }
    this.view.dispatch(tr);
  }

  private link(): void {
    const { view, desk } = this;
    const { selection } = view.state;
    const mark = schema.marks.link!;
    const range = linkRange(view.state);
    const here = mark.isInSet(selection.$from.marks()) ?? mark.isInSet(selection.$from.nodeAfter?.marks ?? []);
    const { from, to } = selection.empty && range ? range : selection;
    askAddress(this.host, view, {
      label: desk.say("editor.link_address"),
      value: String(here?.attrs.href ?? ""),
      done: desk.say("editor.link_done"),
      drop: here ? { label: desk.say("editor.link_remove"), run: () => view.dispatch(view.state.tr.removeMark(from, to, mark)) } : undefined,
      open: here ? { label: desk.say("editor.link_open") } : undefined,
      check: (typed) => (asLink(typed) ? null : desk.say("editor.link_bad")),
      take: (typed) => {
        const href = asLink(typed)!;
        const { tr } = view.state;
        if (from === to) tr.insert(from, schema.text(href, [mark.create({ href })]));
        else tr.removeMark(from, to, mark).addMark(from, to, mark.create({ href }));
        view.dispatch(tr.removeStoredMark(mark));
      },
    });
  }

  private embed(view: EditorView): void {
    const { desk } = this;
    askAddress(this.host, view, {
      label: desk.say("editor.embed_address"),
      value: "",
      done: desk.say("editor.put"),
      check: (typed) => (providerOf(asLink(typed) ?? "") ? null : desk.say("editor.embed_bad")),
      take: (typed) => {
        const url = asLink(typed)!;
        view.dispatch(putBlocks(view.state, [schema.nodes.embed!.create({ id: newID(), provider: providerOf(url), url })]));
      },
    });
  }

  /** After a lone address of no known service: it may become a card. */
  private offerEmbed(view: EditorView, url: string, from: number, to: number): void {
    popover(this.host, view, this.desk.say("editor.embed_offer"), (close) => {
      const take = h("button", { type: "button", class: "main" }, this.desk.say("editor.embed_offer"));
      take.addEventListener("click", () => {
        close();
        const text = view.state.doc.textBetween(from, Math.min(to, view.state.doc.content.size));
        if (text !== url) return; // somebody wrote on
        view.dispatch(view.state.tr.delete(from, to));
        view.dispatch(putBlocks(view.state, [schema.nodes.embed!.create({ id: newID(), provider: "generic", url })]));
      });
      return { body: h("div", { class: "ed-ask" }, h("div", { class: "actions" }, take, h("button", { type: "button", onclick: () => close() }, this.desk.say("editor.embed_keep")))), focus: take };
    });
  }

  private readAlso(view: EditorView, at?: number): void {
    const { desk } = this;
    popover(this.host, view, desk.say("editor.read_also_find"), (close) => {
      const finder = new Finder(desk, {
        label: desk.say("editor.read_also_find"),
        kind: "stories",
        without: () => [desk.story],
        first: () => this.on.headline(),
        leave: () => close(),
        pick: (item) => {
          close();
          if (at === undefined) view.dispatch(putBlocks(view.state, [schema.nodes.read_also!.create({ id: newID(), story: item.id })]));
          else if (view.state.doc.nodeAt(at)?.type.name === "read_also") {
            view.dispatch(view.state.tr.setNodeMarkup(at, undefined, { ...view.state.doc.nodeAt(at)!.attrs, story: item.id, url: "", headline: "" }));
          }
        },
      });
      return { body: finder.el, focus: finder.input };
    });
  }

  private async putPictures(view: EditorView, many: boolean): Promise<void> {
    const list = await choosePictures(this.desk, many);
    view.focus();
    if (!list.length) return;
    const pictures = list.map((p) => schema.nodes.picture!.create({ id: newID(), picture: p.id }));
    view.dispatch(putBlocks(view.state, many ? [schema.nodes.gallery!.create({ id: newID() }, pictures)] : pictures));
  }

  private async addPictures(view: EditorView, pos: number): Promise<void> {
    const list = await choosePictures(this.desk, true);
    const { doc } = view.state;
    if (!list.length || pos > doc.content.size || doc.resolve(pos).parent.type.name !== "gallery") return;
    view.dispatch(view.state.tr.insert(pos, list.map((p) => schema.nodes.picture!.create({ picture: p.id }))));
  }
}

function empty(): Node {
  return schema.nodes.doc!.create(null, schema.nodes.paragraph!.create({ id: newID() }));
}

/** The whole link that the cursor is in. */
function linkRange(state: EditorState): { from: number; to: number } | null {
  const { $from } = state.selection;
  const mark = schema.marks.link!.isInSet($from.marks()) ?? schema.marks.link!.isInSet($from.nodeAfter?.marks ?? []);
  if (!mark) return null;
  const parent = $from.parent;
  const start = $from.start();
  let from = -1;
  let to = -1;
  let hit = false;
  parent.forEach((n, offset) => {
    if (!mark.isInSet(n.marks)) {
      if (!hit) from = -1;
      return;
    }
    if (hit && to !== offset) return;
    if (from < 0 || to !== offset) from = hit ? from : offset;
    to = offset + n.nodeSize;
    if ($from.parentOffset >= offset && $from.parentOffset <= to) hit = true;
  });
  return hit ? { from: start + from, to: start + to } : null;
}

/** A word of help while there is nothing. */
function placeholder(text: string): Plugin {
  return new Plugin({
    props: {
      attributes: (state): Record<string, string> => {
        const only = state.doc.firstChild;
        const none = state.doc.childCount === 1 && only?.type.name === "paragraph" && only.content.size === 0;
        return none ? { "data-placeholder": text } : {};
      },
    },
  });
}
