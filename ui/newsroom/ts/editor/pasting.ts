// Pasting and dropping: structure and nothing else, pictures into the library,
// a lone address into what it stands for.

import { Fragment, Slice, type Node } from "prosemirror-model";
import { Plugin, PluginKey, Selection, type EditorState, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import type { Desk } from "./desk";
import { newID } from "./ids";
import { asLink, providerOf, storyOf } from "./links";
import { canon, type NodeJSON } from "./json";
import { blocksOf, paragraphsOf, quieted } from "./pastehtml";
import { isPicture, Progress } from "./pictures";
import { blocksOfText } from "./plaintext";
import { schema } from "./schema";
import { inside } from "./typing";
import { putBlocks } from "./commands";

/** Beyond this a paste is read as plain text, and beyond the next it is cut. */
const MOST_HTML = 20_000_000;
const MOST_TEXT = 500_000;
const MOST_OWN = 3_000_000; // HTML of a copy of ours, which is more than a draft may hold
const MOST_BLOCKS = 2000;
const MOST_LINE = 20_000; // characters of one paragraph

/** What the editor is told of a paste. */
export interface PasteNotes {
  say(key: string): void;
  offerEmbed(view: EditorView, url: string, from: number, to: number): void;
}

/** Text in one line that is longer than a block may be is cut at a space. */
function shortened(blocks: NodeJSON[]): NodeJSON[] {
  return blocks.flatMap((b) => {
    const size = (b.content ?? []).reduce((n, c) => n + (c.text?.length ?? 1), 0);
    if (b.type !== "paragraph" || size <= MOST_LINE) return [b];
    const out: NodeJSON[] = [];
    for (const run of b.content ?? []) {
      let text = run.text ?? "";
      while (text) {
        const cut = text.length > MOST_LINE ? text.lastIndexOf(" ", MOST_LINE) + 1 || MOST_LINE : text.length;
        out.push({ type: "paragraph", content: [{ ...run, text: text.slice(0, cut) }] });
        text = text.slice(cut);
      }
    }
    return out;
  });
}

/** Blocks as nodes; what does not fit the schema becomes plain paragraphs. */
function nodesOf(blocks: NodeJSON[]): Node[] {
  const out: Node[] = [];
  for (const b of shortened(blocks)) {
    try {
      const node = schema.nodeFromJSON(canon(b, false));
      node.check();
      out.push(node);
    } catch {
      for (const p of paragraphsOf(b)) out.push(schema.nodeFromJSON(canon(p, false)));
    }
  }
  return out;
}

/** Puts pasted blocks where the selection is. */
export function insertBlocks(state: EditorState, blocks: NodeJSON[]): Transaction | null {
  if (!blocks.length) return null;
  const { $from } = state.selection;
  let list = blocks;
  if (inside($from, "table")) {
    // A cell has one paragraph.
    const content = blocks.flatMap(paragraphsOf).flatMap((p, i) => [...(i ? [{ type: "hard_break" }] : []), ...(p.content ?? [])]);
    list = [{ type: "paragraph", content }];
  } else if (inside($from, "fact_box") || inside($from, "blockquote")) {
    const fits = inside($from, "fact_box") ? /^(paragraph|heading|bullet_list|ordered_list)$/ : /^paragraph$/;
    list = blocks.flatMap((b) => (fits.test(b.type) ? [b] : paragraphsOf(b)));
  }
  const nodes = nodesOf(list);
  const first = nodes[0];
  const last = nodes[nodes.length - 1];
  if (!first || !last) return null;
  const inText = $from.parent.isTextblock && $from.parent.content.size > 0;
  const openStart = first.type.name === "paragraph" && (inText || nodes.length === 1) ? 1 : 0;
  const openEnd = last.type.name === "paragraph" && (inText || nodes.length === 1) ? 1 : 0;
  const tr = state.tr.replaceSelection(new Slice(Fragment.fromArray(nodes), openStart, openEnd));
  return tr.setMeta("paste", true).setMeta("uiEvent", "paste").scrollIntoView();
}

/** Reads HTML without running it. */
function readHTML(html: string): { blocks: NodeJSON[]; cut: boolean } {
  return blocksOf(new DOMParser().parseFromString(quieted(html), "text/html").body);
}

const hasMarks = (blocks: NodeJSON[]): boolean => /"(strong|em|strike|link|heading|bullet_list|ordered_list|table)"/.test(JSON.stringify(blocks));

/** The blocks of what was pasted or dropped. */
export function blocksOfData(html: string, text: string): { blocks: NodeJSON[]; note: string } {
  let note = "";
  if (html && html.length <= MOST_HTML) {
    const read = readHTML(html);
    const plain = text && text.length < MOST_TEXT ? blocksOfText(text) : [];
    // A messenger's own marks are in the plain text only.
    const blocks = hasMarks(plain) && !hasMarks(read.blocks) ? plain : read.blocks;
    if (blocks.length) return { blocks: blocks.slice(0, MOST_BLOCKS), note: read.cut || blocks.length > MOST_BLOCKS ? "editor.paste_cut" : "" };
  } else if (html) note = "editor.paste_large";
  const blocks = blocksOfText(text.slice(0, MOST_TEXT));
  if (text.length > MOST_TEXT || blocks.length > MOST_BLOCKS) note = "editor.paste_cut";
  return { blocks: blocks.slice(0, MOST_BLOCKS), note };
}

/** A lone address: a link on marked text, an embed or a read-also on an empty line. Whether it was dealt with. */
function pasteAddress(view: EditorView, text: string, notes: PasteNotes): boolean {
  const url = text.trim();
  if (!/^https?:\/\/\S+$/.test(url)) return false;
  const href = asLink(url);
  if (!href) return false;
  const { selection, tr } = view.state;
  const { $from, empty, from, to } = selection;
  if (!empty && $from.sameParent(selection.$to) && $from.parent.inlineContent) {
    view.dispatch(tr.addMark(from, to, schema.marks.link!.create({ href })));
    return true;
  }
  if (!$from.parent.inlineContent) return false;
  const alone = $from.depth === 1 && $from.parent.type.name === "paragraph" && $from.parent.content.size === 0;
  const story = storyOf(href, location.host);
  const provider = providerOf(href);
  if (alone && story) {
    view.dispatch(putBlocks(view.state, [schema.nodes.read_also!.create({ id: newID(), story })]));
    return true;
  }
  if (alone && provider && provider !== "generic") {
    view.dispatch(putBlocks(view.state, [schema.nodes.embed!.create({ id: newID(), provider, url: href })]));
    return true;
  }
  view.dispatch(tr.replaceSelectionWith(schema.text(href, [schema.marks.link!.create({ href })]), false).scrollIntoView());
  if (alone && provider) notes.offerEmbed(view, href, from, from + href.length);
  return true;
}

const waiting = new PluginKey<DecorationSet>("uploads");

interface Placed {
  add?: { id: object; pos: number; el: HTMLElement };
  drop?: object;
}

/** Sends pictures and puts each in when it has arrived; until then a line shows how far it is. */
export async function uploadAt(desk: Desk, view: EditorView, files: File[], pos: number, say: (text: string) => void): Promise<void> {
  for (const file of files) {
    const line = new Progress(desk, file);
    const id = {};
    view.dispatch(view.state.tr.setMeta(waiting, { add: { id, pos, el: line.el } } satisfies Placed));
    const p = await line.run();
    if (view.isDestroyed) return;
    const at = waiting.getState(view.state)?.find(undefined, undefined, (spec) => spec.id === id)[0]?.from;
    const tr = view.state.tr.setMeta(waiting, { drop: id } satisfies Placed);
    if (typeof p === "string") say(p);
    else if (p && at !== undefined) {
      const $at = tr.doc.resolve(at);
      const node = schema.nodes.picture!.create({ id: newID(), picture: p.id });
      const inGallery = $at.parent.type.name === "gallery";
      const place = inGallery || $at.depth === 0 ? at : $at.after(1);
      const empty = !inGallery && $at.depth === 1 && $at.parent.type.name === "paragraph" && $at.parent.content.size === 0;
      if (empty) tr.insert($at.before(1), node);
      else tr.insert(place, node);
      pos = tr.mapping.map(at);
    } else pos = at ?? pos;
    view.dispatch(tr);
  }
}

/** Whether an event is meant for a field inside a block. */
function inField(e: Event): boolean {
  return e.target instanceof Element && e.target.closest("input, textarea") !== null;
}

/** The plugin for pasting, dropping and the lines of uploads. */
export function pasting(desk: Desk, notes: PasteNotes): Plugin {
  const say = (text: string): void => notes.say(text);
  const files = (data: DataTransfer | null): File[] => [...(data?.files ?? [])].filter(isPicture);

  const take = (view: EditorView, data: DataTransfer): boolean => {
    const html = data.getData("text/html");
    const text = data.getData("text/plain");
    // A copy of this editor keeps its blocks; the schema reads it.
    if (html.includes("data-pm-slice") && html.length <= MOST_OWN) return false;
    if (pasteAddress(view, text, notes)) return true;
    const { blocks, note } = blocksOfData(html, text);
    if (note) say(desk.say(note));
    const tr = insertBlocks(view.state, blocks);
    if (tr) view.dispatch(tr);
    return true;
  };

  return new Plugin<DecorationSet>({
    key: waiting,
    state: {
      init: () => DecorationSet.empty,
      apply(tr, set) {
        let next = set.map(tr.mapping, tr.doc);
        const m = tr.getMeta(waiting) as Placed | undefined;
        if (m?.add) next = next.add(tr.doc, [Decoration.widget(m.add.pos, m.add.el, { id: m.add.id, ignoreSelection: true, stopEvent: () => true })]);
        if (m?.drop) next = next.remove(next.find(undefined, undefined, (spec) => spec.id === m.drop));
        return next;
      },
    },
    props: {
      decorations: (state) => waiting.getState(state),
      // Before the view reads the data itself, all of it, however large it is.
      handleDOMEvents: {
        paste(view, e) {
          const data = e.clipboardData;
          if (!data || !view.editable || inField(e)) return false;
          const pictures = files(data);
          if (pictures.length && !data.getData("text/plain")) {
            void uploadAt(desk, view, pictures, view.state.selection.from, say);
          } else if (!take(view, data)) return false;
          e.preventDefault();
          return true;
        },
        drop(view, e) {
          const data = e.dataTransfer;
          if (view.dragging || !data || !view.editable || inField(e)) return false;
          const pos = view.posAtCoords({ left: e.clientX, top: e.clientY })?.pos ?? view.state.selection.from;
          const pictures = files(data);
          if (pictures.length) void uploadAt(desk, view, pictures, pos, say);
          else if (data.files.length) say(desk.say("editor.not_a_picture"));
          else {
            view.dispatch(view.state.tr.setSelection(Selection.near(view.state.doc.resolve(pos))));
            if (!take(view, data)) return false;
          }
          e.preventDefault();
          return true;
        },
      },
    },
  });
}
