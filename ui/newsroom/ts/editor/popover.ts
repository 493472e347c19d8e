// A small box at the cursor with one field: a link's address, an embed's, the
// search for a read-also. Escape goes back to the text.

import type { EditorView } from "prosemirror-view";
import { float, h } from "./dom";

/** Opens a box at the cursor; it closes when the focus leaves it. */
export function popover(host: HTMLElement, view: EditorView, label: string, content: (close: (back?: boolean) => void) => { body: HTMLElement; focus: HTMLElement }): void {
  const box = h("div", { class: "ed-popover", role: "dialog", "aria-label": label });
  let open = true;
  const close = (back = true): void => {
    if (!open) return;
    open = false;
    grown.disconnect();
    box.remove();
    if (back) view.focus();
  };
  const { body, focus } = content(close);
  box.append(body);
  box.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || e.defaultPrevented) return;
    e.preventDefault();
    close();
  });
  box.addEventListener("focusout", () => setTimeout(() => box.contains(document.activeElement) || !document.hasFocus() || close(false), 150));
  for (const name of ["input", "change"]) box.addEventListener(name, (e) => e.stopPropagation());
  host.append(box);
  const place = (): void => float(box, view.coordsAtPos(view.state.selection.from));
  // What a search finds makes the box longer: it must not grow out of the window.
  const grown = new ResizeObserver(place);
  place();
  grown.observe(box);
  focus.focus();
}

/** A box that asks for an address; check says no with a sentence. */
export function askAddress(host: HTMLElement, view: EditorView, o: { label: string; value: string; done: string; drop?: { label: string; run(): void } | undefined; open?: { label: string } | undefined; check(typed: string): string | null; take(typed: string): void }): void {
  popover(host, view, o.label, (close) => {
    const input = h("input", { type: "text", inputmode: "url", "aria-label": o.label, placeholder: "https://", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
    input.value = o.value;
    const note = h("p", { class: "error", role: "alert", hidden: true });
    const take = (): void => {
      const wrong = o.check(input.value);
      note.hidden = wrong === null;
      note.textContent = wrong ?? "";
      if (wrong !== null) return;
      close();
      o.take(input.value);
    };
    input.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && !e.isComposing) {
        e.preventDefault();
        take();
      }
    });
    const body = h("div", { class: "ed-ask" }, h("label", {}, h("span", {}, o.label), input), note,
      h("div", { class: "actions" }, h("button", { type: "button", class: "main", onclick: take }, o.done),
        o.drop ? h("button", { type: "button", onclick: () => {
          close();
          o.drop?.run();
        } }, o.drop.label) : null,
        o.open && o.value ? h("a", { class: "button", href: o.value, target: "_blank", rel: "noopener noreferrer" }, o.open.label) : null));
    return { body, focus: input };
  });
}
