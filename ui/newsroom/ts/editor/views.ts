// How blocks look in the editor where the schema's own tags do not do: pictures
// as they are, with their caption and credit to write in; cards for embeds;
// the linked headline of a read-also.

import { NodeSelection, Selection, TextSelection } from "prosemirror-state";
import type { Node } from "prosemirror-model";
import type { EditorView, NodeView, NodeViewConstructor, ViewMutationRecord } from "prosemirror-view";
import { h, icon } from "./dom";
import type { Desk } from "./desk";
import { newID } from "./ids";
import { providerName } from "./links";

type Pos = () => number | undefined;

/** What a view of a block has in common with the others. */
abstract class BlockView implements NodeView {
  abstract dom: HTMLElement;
  private last = { name: "", at: 0 };

  constructor(protected readonly desk: Desk, protected node: Node, protected readonly view: EditorView, protected readonly pos: Pos) {}

  /** Keys in the fields of a block are theirs. */
  stopEvent(e: Event): boolean {
    const t = e.target;
    if (!(t instanceof Element) || !t.closest("input, textarea, button, select, a")) return false;
    return !/^drag|^drop/.test(e.type) || t.matches("input, textarea");
  }

  ignoreMutation(m: ViewMutationRecord): boolean {
    if (m.type === "selection") return false;
    const inside = (this as NodeView).contentDOM;
    return !inside || !inside.contains(m.target);
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.draw();
    return true;
  }

  protected abstract draw(): void;

  /** Sets an attribute; what is typed in one go is one step of undo. */
  protected set(name: string, value: unknown): void {
    const pos = this.pos();
    if (pos === undefined || this.node.attrs[name] === value) return;
    const tr = this.view.state.tr.setNodeAttribute(pos, name, value);
    const now = Date.now();
    if (this.last.name === name && now - this.last.at < 1000) tr.setMeta("addToHistory", false);
    this.last = { name, at: now };
    this.view.dispatch(tr);
  }

  /** A field inside the block for one of its attributes. */
  protected field(name: string, label: string, most = 1600): HTMLInputElement {
    const input = h("input", { type: "text", class: `ed-attr ed-attr-${name}`, "aria-label": label, placeholder: label, maxlength: most, autocomplete: "off" });
    input.value = String(this.node.attrs[name] ?? "");
    input.addEventListener("input", () => this.set(name, input.value));
    input.addEventListener("focus", () => (this.last = { name: "", at: 0 }));
    input.addEventListener("keydown", (e) => {
      if (e.isComposing) return;
      if (e.key === "Enter") {
        e.preventDefault();
        this.leave();
      } else if (e.key === "Escape") {
        e.preventDefault();
        this.select();
      }
    });
    return input;
  }

  /** A field with its name in sight: what stands in it is not always what it is for. */
  protected named(input: HTMLInputElement): HTMLElement {
    return h("label", { class: "ed-named" }, h("span", { class: "meta" }, input.getAttribute("aria-label") ?? ""), input);
  }

  protected show(input: HTMLInputElement, name: string): void {
    const v = String(this.node.attrs[name] ?? "");
    if (input.value !== v) input.value = v;
  }

  protected select(): void {
    const pos = this.pos();
    if (pos === undefined) return;
    this.view.dispatch(this.view.state.tr.setSelection(NodeSelection.create(this.view.state.doc, pos)));
    this.view.focus();
  }

  /** Goes on writing behind the block. */
  protected leave(): void {
    const pos = this.pos();
    if (pos === undefined) return;
    const $pos = this.view.state.doc.resolve(pos);
    const end = $pos.depth > 0 ? $pos.after(1) : pos + this.node.nodeSize;
    continueAt(this.view, end);
  }

  protected button(key: string, sign: string, run: () => void): HTMLButtonElement {
    const label = this.desk.say(key);
    return h("button", { type: "button", class: "plain ed-tool", "aria-label": label, title: label, onclick: run }, icon(sign));
  }

  protected remove(): void {
    const pos = this.pos();
    if (pos === undefined) return;
    const { tr, doc } = this.view.state;
    const $pos = doc.resolve(pos);
    // The last picture takes its gallery along.
    if ($pos.depth > 0 && $pos.parent.childCount === 1) tr.delete($pos.before(), $pos.after());
    else tr.delete(pos, pos + this.node.nodeSize);
    if (!tr.doc.childCount) tr.insert(0, this.view.state.schema.nodes.paragraph!.create({ id: newID() }));
    this.view.dispatch(tr.scrollIntoView());
    this.view.focus();
  }
}

/** Puts the cursor behind a block; where no text is, a paragraph is made. */
export function continueAt(view: EditorView, end: number): void {
  const { tr, schema } = view.state;
  const next = tr.doc.resolve(end).nodeAfter;
  if (!next?.isTextblock) tr.insert(end, schema.nodes.paragraph!.create({ id: newID() }));
  tr.setSelection(TextSelection.create(tr.doc, end + 1)).scrollIntoView();
  view.dispatch(tr);
  view.focus();
}

const LACKS = { caption: "editor.missing.caption", credit: "editor.missing.credit", alt: "editor.missing.alt" } as const;

class PictureView extends BlockView {
  dom: HTMLElement;
  private readonly img = h("img", { alt: "", draggable: "false" });
  private readonly missing = h("p", { class: "ed-missing", role: "note" });
  private readonly caption: HTMLInputElement;
  private readonly credit: HTMLInputElement;
  private readonly alt: HTMLInputElement;
  private readonly learnt = (): void => this.draw();

  constructor(desk: Desk, node: Node, view: EditorView, pos: Pos) {
    super(desk, node, view, pos);
    this.caption = this.field("caption", desk.say("editor.caption"));
    this.credit = this.field("credit", desk.say("editor.credit"));
    this.alt = this.field("alt", desk.say("editor.alt"));
    this.dom = h("figure", { class: "ed-picture" },
      h("div", { class: "ed-block-tools", contenteditable: "false" }, this.button("editor.remove", "remove", () => this.remove())),
      this.img, h("div", { class: "ed-attrs" }, this.named(this.caption), this.named(this.credit), this.named(this.alt)), this.missing);
    desk.root.addEventListener("editor:names", this.learnt);
    this.draw();
  }

  destroy(): void {
    this.desk.root.removeEventListener("editor:names", this.learnt);
  }

  protected draw(): void {
    const info = this.desk.names.pictures[Number(this.node.attrs.picture)];
    if (info && this.img.getAttribute("src") !== info.src) {
      this.img.src = info.src;
      if (info.width && info.height) {
        this.img.width = info.width;
        this.img.height = info.height;
      }
    }
    if (!info) this.desk.root.dispatchEvent(new CustomEvent("editor:unknown"));
    this.img.alt = String(this.node.attrs.alt || info?.alt || "");
    for (const [input, name] of [[this.caption, "caption"], [this.credit, "credit"], [this.alt, "alt"]] as const) {
      this.show(input, name);
      input.placeholder = info?.[name] ?? "";
    }
    const lacks = info ? (["caption", "credit", "alt"] as const).filter((n) => !this.node.attrs[n] && !info[n]) : [];
    for (const [input, name] of [[this.caption, "caption"], [this.credit, "credit"], [this.alt, "alt"]] as const) {
      input.classList.toggle("ed-lacks", lacks.includes(name));
    }
    this.missing.hidden = lacks.length === 0;
    this.missing.textContent = lacks.map((n) => this.desk.say(LACKS[n])).join(" ");
  }
}

class GalleryView extends BlockView {
  dom: HTMLElement;
  contentDOM = h("div", { class: "ed-gallery-items" });
  private readonly caption: HTMLInputElement;

  constructor(desk: Desk, node: Node, view: EditorView, pos: Pos, add: (view: EditorView, pos: number) => void) {
    super(desk, node, view, pos);
    this.caption = this.field("caption", desk.say("editor.gallery_caption"));
    this.dom = h("section", { class: "ed-gallery", "aria-label": desk.say("editor.block.gallery") },
      h("div", { class: "ed-block-tools", contenteditable: "false" },
        this.button("editor.gallery_add", "plus", () => {
          const at = this.pos();
          if (at !== undefined) add(this.view, at + this.node.nodeSize - 1);
        }),
        this.button("editor.remove", "remove", () => this.remove())),
      this.contentDOM, h("div", { class: "ed-attrs", contenteditable: "false" }, this.caption));
  }

  protected draw(): void {
    this.show(this.caption, "caption");
  }
}

class TableView extends BlockView {
  dom: HTMLElement;
  contentDOM = h("tbody");
  private readonly caption: HTMLInputElement;

  constructor(desk: Desk, node: Node, view: EditorView, pos: Pos) {
    super(desk, node, view, pos);
    this.caption = this.field("caption", desk.say("editor.table_caption"));
    this.dom = h("div", { class: "ed-table" }, h("div", { class: "ed-attrs", contenteditable: "false" }, this.caption), h("div", { class: "scroll" }, h("table", {}, this.contentDOM)));
  }

  protected draw(): void {
    this.show(this.caption, "caption");
  }
}

class FactView extends BlockView {
  dom: HTMLElement;
  contentDOM = h("div", { class: "ed-fact-text" });
  private readonly title: HTMLInputElement;

  constructor(desk: Desk, node: Node, view: EditorView, pos: Pos) {
    super(desk, node, view, pos);
    this.title = this.field("title", desk.say("editor.fact_title"));
    this.dom = h("section", { class: "ed-fact fact", "aria-label": desk.say("editor.block.fact") }, h("div", { class: "ed-attrs", contenteditable: "false" }, this.title), this.contentDOM);
  }

  protected leave(): void {
    const at = this.pos();
    if (at === undefined) return;
    this.view.dispatch(this.view.state.tr.setSelection(Selection.near(this.view.state.doc.resolve(at + 1))));
    this.view.focus();
  }

  protected draw(): void {
    this.show(this.title, "title");
  }
}

class QuoteView extends BlockView {
  dom: HTMLElement;
  contentDOM = h("div");
  private readonly who: HTMLInputElement;
  private readonly pull: HTMLInputElement;

  constructor(desk: Desk, node: Node, view: EditorView, pos: Pos) {
    super(desk, node, view, pos);
    this.who = this.field("attribution", desk.say("editor.attribution"));
    this.pull = h("input", { type: "checkbox" });
    this.pull.addEventListener("change", () => this.set("pull", this.pull.checked));
    this.dom = h("blockquote", {}, this.contentDOM, h("div", { class: "ed-attrs ed-quote-attrs", contenteditable: "false" }, this.who, h("label", { class: "check" }, this.pull, desk.say("editor.pull"))));
    this.draw();
  }

  protected draw(): void {
    this.show(this.who, "attribution");
    this.pull.checked = Boolean(this.node.attrs.pull);
    this.dom.classList.toggle("pull", this.pull.checked);
  }
}

class EmbedView extends BlockView {
  dom: HTMLElement;
  private readonly by = h("b");
  private readonly address = h("a", { target: "_blank", rel: "noopener noreferrer" });
  private readonly title: HTMLInputElement;

  constructor(desk: Desk, node: Node, view: EditorView, pos: Pos) {
    super(desk, node, view, pos);
    this.title = this.field("title", desk.say("editor.embed_title"));
    this.dom = h("div", { class: "ed-embed" },
      h("div", { class: "ed-block-tools", contenteditable: "false" }, this.button("editor.remove", "remove", () => this.remove())),
      h("p", {}, this.by), h("p", { class: "meta" }, this.address), h("div", { class: "ed-attrs" }, this.title));
    this.draw();
  }

  protected draw(): void {
    const url = String(this.node.attrs.url);
    const provider = String(this.node.attrs.provider);
    this.by.textContent = this.desk.say(provider === "generic" ? "editor.embed_card" : "editor.embed_by", { provider: providerName(provider, url) });
    this.address.href = url;
    this.address.textContent = url;
    this.show(this.title, "title");
  }
}

class ReadAlsoView extends BlockView {
  dom: HTMLElement;
  private readonly headline = h("span", { class: "ed-also-headline" });
  private readonly learnt = (): void => this.draw();

  constructor(desk: Desk, node: Node, view: EditorView, pos: Pos, change: (view: EditorView, pos: number) => void) {
    super(desk, node, view, pos);
    this.dom = h("div", { class: "also ed-also" }, h("span", { class: "ed-also-word" }, desk.say("editor.read_also")), " ", this.headline,
      h("div", { class: "ed-block-tools", contenteditable: "false" },
        this.button("editor.read_also_change", "link", () => {
          const at = this.pos();
          if (at !== undefined) change(this.view, at);
        }),
        this.button("editor.remove", "remove", () => this.remove())));
    desk.root.addEventListener("editor:names", this.learnt);
    this.draw();
  }

  destroy(): void {
    this.desk.root.removeEventListener("editor:names", this.learnt);
  }

  protected draw(): void {
    const id = Number(this.node.attrs.story);
    const known = this.desk.names.stories[id];
    if (id && !known) this.desk.root.dispatchEvent(new CustomEvent("editor:unknown"));
    this.headline.textContent = known?.headline || String(this.node.attrs.headline) || String(this.node.attrs.url) || this.desk.say("editor.read_also_unknown");
    this.dom.classList.toggle("ed-lacks", !id);
  }
}

class LineView extends BlockView {
  dom: HTMLElement;

  constructor(desk: Desk, node: Node, view: EditorView, pos: Pos) {
    super(desk, node, view, pos);
    const said = { ad_break: "editor.block.ad", members_cut: "editor.cut_here" }[node.type.name];
    this.dom = said ? h("div", { class: node.type.name === "ad_break" ? "ed-ad" : "ed-ad ed-cut", role: "note" }, desk.say(said)) : h("div", { class: "ed-divider", role: "separator", "aria-label": desk.say("editor.block.divider") }, "* * *");
  }

  protected draw(): void {
    // nothing in it changes
  }
}

/** What views ask of the editor. */
export interface ViewActions {
  addPictures(view: EditorView, pos: number): void;
  changeReadAlso(view: EditorView, pos: number): void;
}

/** The views by node name. */
export function nodeViews(desk: Desk, actions: ViewActions): Record<string, NodeViewConstructor> {
  return {
    picture: (n, v, p) => new PictureView(desk, n, v, p),
    gallery: (n, v, p) => new GalleryView(desk, n, v, p, actions.addPictures),
    table: (n, v, p) => new TableView(desk, n, v, p),
    fact_box: (n, v, p) => new FactView(desk, n, v, p),
    blockquote: (n, v, p) => new QuoteView(desk, n, v, p),
    embed: (n, v, p) => new EmbedView(desk, n, v, p),
    // While a table is made its head has empty cells, which no real head may have.
    table_header: (n) => {
      const dom = h("td", { class: "ed-head", colspan: Number(n.attrs.colspan), rowspan: Number(n.attrs.rowspan) });
      return { dom, contentDOM: dom };
    },
    read_also: (n, v, p) => new ReadAlsoView(desk, n, v, p, actions.changeReadAlso),
    ad_break: (n, v, p) => new LineView(desk, n, v, p),
    members_cut: (n, v, p) => new LineView(desk, n, v, p),
    horizontal_rule: (n, v, p) => new LineView(desk, n, v, p),
  };
}
