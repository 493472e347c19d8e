// The text of a static page: the same blocks as a story's body, in a form that
// is sent whole.

import { history } from "prosemirror-history";
import { Node } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { newID, blockIDs } from "./editor/ids";
import { asLink } from "./editor/links";
import { actions, markCommand } from "./editor/commands";
import { schema } from "./editor/schema";
import { typing } from "./editor/typing";

const form = document.querySelector<HTMLFormElement>("[data-page-form]");
const mount = form?.querySelector<HTMLElement>("[data-page-editor]");
const body = form?.querySelector<HTMLInputElement>("[data-page-body]");

/** Asks for an address and links what is selected to it. */
function link(view: EditorView, question: string): void {
  const { from, to, empty } = view.state.selection;
  const type = schema.marks["link"];
  if (!type || empty) return;
  const typed = prompt(question);
  if (typed === null) return;
  const href = asLink(typed);
  const tr = view.state.tr.removeMark(from, to, type);
  view.dispatch(href ? tr.addMark(from, to, type.create({ href })) : tr);
}

if (form && mount && body) {
  const words = JSON.parse(form.dataset["words"] ?? "{}") as Record<string, string>;
  const word = (key: string): string => words[key] ?? key;
  const given: unknown = JSON.parse(body.value || "null");
  let doc: Node;
  try {
    doc = Node.fromJSON(schema, given);
    doc.check();
  } catch {
    doc = schema.node("doc", null, [schema.node("paragraph", { id: newID() })]);
  }
  const nothing = (): boolean => false;
  const view = new EditorView(mount, {
    state: EditorState.create({ doc, plugins: [...typing(nothing), history(), blockIDs()] }),
    attributes: { role: "textbox", "aria-multiline": "true", "aria-label": mount.previousElementSibling?.textContent ?? "" },
  });
  const bar = document.createElement("div");
  bar.className = "page-tools";
  bar.setAttribute("role", "toolbar");
  const button = (label: string, run: () => void): void => {
    const b = document.createElement("button");
    b.type = "button";
    b.textContent = label;
    b.addEventListener("click", () => {
      run();
      view.focus();
    });
    bar.append(b);
  };
  const none = { pictures: nothing, readAlso: nothing, embed: nothing };
  const wanted = ["paragraph", "h2", "h3", "bullet_list", "ordered_list", "blockquote", "table", "divider"];
  button(word("editor.tool.strong"), () => markCommand("strong")(view.state, view.dispatch));
  button(word("editor.tool.em"), () => markCommand("em")(view.state, view.dispatch));
  button(word("editor.tool.link"), () => link(view, word("editor.tool.link")));
  for (const a of actions(none)) if (wanted.includes(a.id)) button(word(`editor.block.${a.id}`), () => a.run(view));
  mount.before(bar);
  form.addEventListener("submit", () => {
    body.value = JSON.stringify(view.state.doc.toJSON());
  });
}
