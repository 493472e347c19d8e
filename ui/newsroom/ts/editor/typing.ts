// What keys do: Markdown-like beginnings of blocks, marks between signs,
// typographic quotes, shortcuts.

import { baseKeymap, chainCommands, exitCode, setBlockType, toggleMark, createParagraphNear, liftEmptyBlock, newlineInCode, splitBlock } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { InputRule, inputRules, undoInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import type { Attrs, MarkType, Node, NodeType, ResolvedPos } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem } from "prosemirror-schema-list";
import { Plugin, TextSelection, type Command } from "prosemirror-state";
import { goToNextCell } from "prosemirror-tables";
import { canJoin, findWrapping } from "prosemirror-transform";
import { newID } from "./ids";
import { quoteFor } from "./quotes";
import { schema } from "./schema";

const type = (name: string): NodeType => schema.nodes[name]!;
const mark = (name: string): MarkType => schema.marks[name]!;

/** How many lists stand around a place. */
export function listDepth($pos: ResolvedPos): number {
  let n = 0;
  for (let d = $pos.depth; d > 0; d--) if (/_list$/.test($pos.node(d).type.name)) n++;
  return n;
}

/** Whether a place is inside a node of the type. */
export function inside($pos: ResolvedPos, name: string): boolean {
  for (let d = $pos.depth; d > 0; d--) if ($pos.node(d).type.name === name) return true;
  return false;
}

const inCell = ($pos: ResolvedPos): boolean => inside($pos, "table");

/** A mark for what is typed between two signs. */
function markRule(pattern: RegExp, marked: MarkType): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const text = match[1]!;
    const at = match[0].indexOf(text);
    const from = start + at;
    const head = match[0].slice(0, at).replace(/[^*~_`]/g, "").length;
    if (!state.doc.resolve(start).parent.type.allowsMarkType(marked)) return null;
    const tr = state.tr;
    const to = from + text.length;
    if (to < end) tr.delete(to, end);
    tr.delete(from - head, from);
    const begin = from - head;
    tr.addMark(begin, begin + text.length, marked.create());
    return tr.removeStoredMark(marked);
  });
}

const sign = (pattern: RegExp, text: string): InputRule => new InputRule(pattern, text, { inCodeMark: false });

/** A quotation mark keeps the marks of its place: only the sign itself is put in. */
function quotes(): InputRule[] {
  return (['"', "'"] as const).map(
    (key) =>
      new InputRule(
        new RegExp(`${key}$`),
        (state, _match, start, end) => {
          const $at = state.doc.resolve(start);
          const before = $at.parent.textBetween(Math.max(0, $at.parentOffset - 1), $at.parentOffset, undefined, " ");
          return state.tr.insertText(quoteFor(key, before), start, end);
        },
        { inCodeMark: false },
      ),
  );
}

/** "---" becomes a divider with a paragraph to go on in. */
const dividerRule = new InputRule(/^(?:---|–-|—-?)$/, (state, _match, start, end) => {
  const $start = state.doc.resolve(start);
  if ($start.depth !== 1 || $start.parent.type !== type("paragraph") || $start.parent.content.size > end - start) return null;
  const tr = state.tr.delete(start, end);
  tr.insert(tr.mapping.map($start.before()), type("horizontal_rule").create({ id: newID() }));
  return tr;
});

/** Turns the text blocks of the selection into another kind; they stay the same blocks. */
export function turnInto(name: string, attrs: Attrs = {}): Command {
  return (state, dispatch) => {
    if (!setBlockType(type(name), attrs)(state)) return false;
    if (!dispatch) return true;
    const tr = state.tr;
    for (const { $from, $to } of state.selection.ranges) tr.setBlockType($from.pos, $to.pos, type(name), (old) => ({ ...attrs, id: old.attrs.id as unknown }));
    dispatch(tr.scrollIntoView());
    return true;
  };
}

/** Signs at the beginning of a line that make it a heading. */
const headingRule = new InputRule(/^(#{1,4})\s$/, (state, match, start, end) => {
  const $start = state.doc.resolve(start);
  const level = Math.max(2, match[1]!.length);
  if (!$start.node(-1).canReplaceWith($start.index(-1), $start.indexAfter(-1), type("heading"))) return null;
  return state.tr.delete(start, end).setBlockType(start, start, type("heading"), (old) => ({ level, id: old.attrs.id as unknown }));
});

/** Signs at the beginning of a line that put it into a list or a quote, which takes over the line's id. */
function wrapRule(pattern: RegExp, wrapper: NodeType, attrs: (m: RegExpMatchArray) => Attrs = () => ({}), join: (m: RegExpMatchArray, before: Node) => boolean = () => true): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const tr = state.tr.delete(start, end);
    const $start = tr.doc.resolve(start);
    const range = $start.blockRange();
    const id: unknown = $start.depth === 1 ? $start.parent.attrs.id : null;
    const wrapping = range && findWrapping(range, wrapper, { ...attrs(match), id });
    if (!wrapping) return null;
    tr.wrap(range, wrapping);
    const before = tr.doc.resolve(start - 1).nodeBefore;
    if (before?.type === wrapper && canJoin(tr.doc, start - 1) && join(match, before)) tr.join(start - 1);
    return tr;
  });
}

function rules(): Plugin {
  return inputRules({
    rules: [
      headingRule,
      wrapRule(/^\s*>\s$/, type("blockquote")),
      wrapRule(/^\s*[-*•]\s$/, type("bullet_list")),
      wrapRule(/^(\d{1,3})[.)]\s$/, type("ordered_list"), (m) => ({ order: Number(m[1]) || 1 }), (m, node) => node.childCount + Number(node.attrs.order) === Number(m[1])),
      dividerRule,
      markRule(/(?:^|[\s(“‘"'])\*\*([^*\s](?:[^*]*[^*\s])?)\*\*$/, mark("strong")),
      markRule(/(?:^|[\s(“‘"'])\*([^*\s](?:[^*]*[^*\s])?)\*$/, mark("em")),
      markRule(/(?:^|[\s(“‘"'])_([^_\s](?:[^_]*[^_\s])?)_$/, mark("em")),
      markRule(/(?:^|[\s(“‘"'])~~([^~\s](?:[^~]*[^~\s])?)~~$/, mark("strike")),
      markRule(/(?:^|[\s(“‘"'])`([^`\s](?:[^`]*[^`\s])?)`$/, mark("code")),
      sign(/--$/, "–"),
      sign(/–-$/, "—"),
      sign(/\.\.\.$/, "…"),
      ...quotes(),
    ],
  });
}

const hardBreak: Command = (state, dispatch) => {
  if (!state.selection.$from.parent.inlineContent) return false;
  dispatch?.(state.tr.replaceSelectionWith(type("hard_break").create()).scrollIntoView());
  return true;
};

/** Enter in a cell goes on in the same cell: a cell has one paragraph. */
const enterInCell: Command = (state, dispatch) => inCell(state.selection.$from) && hardBreak(state, dispatch);

/** An empty line ends a quote or a box. */
const leaveBox: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parent.content.size || $from.depth < 2) return false;
  const box = $from.node(1);
  if ((box.type !== type("fact_box") && box.type !== type("blockquote")) || $from.depth !== 2 || $from.index(1) !== box.childCount - 1 || box.childCount < 2) return false;
  if (dispatch) {
    const tr = state.tr.delete($from.before(), $from.after());
    const end = tr.mapping.map($from.after(1));
    tr.insert(end, type("paragraph").create({ id: newID() }));
    dispatch(tr.setSelection(TextSelection.create(tr.doc, end + 1)).scrollIntoView());
  }
  return true;
};

/** In a list Tab never leaves the text, also where nothing can be indented. */
const sink: Command = (state, dispatch) => {
  const depth = listDepth(state.selection.$from);
  if (depth > 0 && depth < 3) sinkListItem(type("list_item"))(state, dispatch);
  return depth > 0;
};

/** Moves the block of the cursor by one place. */
export function moveBlock(by: -1 | 1): Command {
  return (state, dispatch) => {
    const { $from, $to } = state.selection;
    const first = $from.index(0);
    const last = $to.index(0);
    const other = by < 0 ? first - 1 : last + 1;
    if (other < 0 || other >= state.doc.childCount) return false;
    if (!dispatch) return true;
    const neighbour = state.doc.child(other);
    let start = 0;
    for (let i = 0; i < first; i++) start += state.doc.child(i).nodeSize;
    let end = start;
    for (let i = first; i <= last; i++) end += state.doc.child(i).nodeSize;
    const tr = state.tr;
    // The neighbour moves, so that the cursor need not.
    if (by < 0) tr.insert(end, neighbour).delete(start - neighbour.nodeSize, start);
    else tr.delete(end, end + neighbour.nodeSize).insert(start, neighbour);
    dispatch(tr.scrollIntoView());
    return true;
  };
}

/** The keys and rules of the editor; link is what the shortcut for links does. */
export function typing(link: Command): Plugin[] {
  const item = type("list_item");
  return [
    rules(),
    keymap({
      "Mod-z": chainCommands(undoInputRule, undo),
      "Shift-Mod-z": redo,
      "Mod-y": redo,
      Backspace: undoInputRule,
      "Mod-b": toggleMark(mark("strong")),
      "Mod-i": toggleMark(mark("em")),
      "Mod-u": toggleMark(mark("underline")),
      "Mod-Shift-x": toggleMark(mark("strike")),
      "Mod-e": toggleMark(mark("code")),
      "Mod-k": link,
      "Mod-Alt-0": turnInto("paragraph"),
      "Mod-Alt-2": turnInto("heading", { level: 2 }),
      "Mod-Alt-3": turnInto("heading", { level: 3 }),
      "Mod-Alt-4": turnInto("heading", { level: 4 }),
      "Alt-ArrowUp": moveBlock(-1),
      "Alt-ArrowDown": moveBlock(1),
      "Shift-Enter": chainCommands(exitCode, hardBreak),
      "Mod-Enter": hardBreak,
      Enter: chainCommands(enterInCell, leaveBox, splitListItem(item), newlineInCode, createParagraphNear, liftEmptyBlock, splitBlock),
      Tab: chainCommands(goToNextCell(1), sink),
      "Shift-Tab": chainCommands(goToNextCell(-1), liftListItem(item)),
    }),
    keymap(baseKeymap),
  ];
}
