// Choosing pictures: a search in the library, and sending new ones to it.

import { h, icon } from "./dom";
import { upload, UploadError, type Picture } from "../upload";
import type { Desk } from "./desk";

/** What the library takes. */
export const PICTURE_TYPES = "image/jpeg,image/png,image/webp,image/gif,image/tiff,image/heic,image/avif";

/** Whether a file may become a picture. */
export function isPicture(f: File): boolean {
  return f.type.startsWith("image/") && f.type !== "image/svg+xml";
}

/** Bytes as people read them. */
export function bytes(n: number, lang: string): string {
  if (n >= 1e6) return `${(n / 1e6).toLocaleString(lang, { maximumFractionDigits: 1 })} MB`;
  return `${Math.ceil(n / 1e3).toLocaleString(lang)} kB`;
}

/** Sends one file; resolves with null if it was called off, and with a sentence if it was refused. */
export async function send(desk: Desk, file: File, onProgress: (done: number, total: number) => void, signal: AbortSignal): Promise<Picture | string | null> {
  for (;;) {
    try {
      const p = await upload(file, desk.uploadURL, onProgress, signal);
      desk.learn({ pictures: { [p.id]: p } });
      return p;
    } catch (err) {
      if (signal.aborted) return null;
      if (!(err instanceof UploadError)) return desk.say("editor.upload_failed", { name: file.name });
      if (err.status !== 401) return err.message;
      // The bar offers to sign in; what arrived is kept until then.
      desk.root.dispatchEvent(new CustomEvent("editor:signed-out"));
      await new Promise((r) => setTimeout(r, 5000));
    }
  }
}

/** A line that shows how far a file is, with a way to call it off. */
export class Progress {
  readonly el: HTMLElement;
  readonly abort = new AbortController();
  private readonly bar = h("progress", { max: 100, value: 0 });
  private readonly words = h("span", { class: "meta" });

  constructor(private readonly desk: Desk, private readonly file: File) {
    const name = file.name;
    this.bar.setAttribute("aria-label", name);
    this.el = h("div", { class: "ed-progress", contenteditable: "false" }, h("span", {}, name), this.bar, this.words,
      h("button", { type: "button", class: "plain", "aria-label": desk.say("editor.upload_cancel", { name }), onclick: () => this.abort.abort() }, icon("close")));
  }

  /** Shows how many bytes have arrived. */
  at(done: number, total: number): void {
    this.bar.value = total ? (done / total) * 100 : 0;
    this.words.textContent = this.desk.say("editor.upload_progress", { done: bytes(done, this.desk.lang), total: bytes(total, this.desk.lang) });
  }

  /** Sends the file and shows its way. */
  run(): Promise<Picture | string | null> {
    return send(this.desk, this.file, (d, t) => this.at(d, t), this.abort.signal);
  }
}

/** Opens the chooser; resolves with what was chosen, empty if nothing was. */
export function choosePictures(desk: Desk, many: boolean): Promise<Picture[]> {
  return new Promise((done) => {
    let shown: Picture[] = [];
    const chosen = new Map<number, Picture>();
    let timer = 0;
    let asked: AbortController | null = null;
    const input = h("input", { type: "search", "aria-label": desk.say("editor.picture_search"), placeholder: desk.say("editor.picture_search"), autocomplete: "off" });
    const grid = h("div", { class: "ed-grid", role: "group", "aria-label": desk.say("editor.picture_results") });
    const note = h("p", { class: "ed-note", role: "status" });
    const sending = h("div", {});
    const take = h("button", { type: "button", class: "main", disabled: true }, desk.say("editor.picture_take"));
    const file = h("input", { type: "file", accept: PICTURE_TYPES, multiple: many, class: "hidden", tabindex: -1, "aria-label": desk.say("editor.picture_upload") });
    const box = h("dialog", { class: "ed-chooser", "aria-label": desk.say("editor.picture_choose") },
      h("div", { class: "ed-chooser-head" }, input,
        h("button", { type: "button", onclick: () => file.click() }, desk.say("editor.picture_upload")), file),
      sending, note, grid,
      h("div", { class: "actions" }, many && take, h("button", { type: "button", onclick: () => box.close() }, desk.say("editor.cancel"))));

    const finish = (list: Picture[]): void => {
      done(list);
      done = () => undefined;
      box.close();
    };
    const mark = (): void => {
      take.disabled = chosen.size === 0;
      take.textContent = chosen.size ? desk.say("editor.picture_take_n", { n: chosen.size }) : desk.say("editor.picture_take");
      grid.querySelectorAll("button").forEach((b, i) => b.setAttribute("aria-pressed", String(chosen.has(shown[i]?.id ?? 0))));
    };
    const pick = (p: Picture): void => {
      if (!many) return finish([p]);
      if (!chosen.delete(p.id)) chosen.set(p.id, p);
      mark();
    };
    const draw = (): void => {
      grid.replaceChildren(...shown.map((p) => {
        const name = p.caption || p.name || `#${p.id}`;
        return h("button", { type: "button", "aria-pressed": "false", onclick: () => pick(p) },
          h("img", { src: p.src, alt: "", loading: "lazy" }), h("span", {}, name), h("small", {}, p.credit || desk.say("editor.no_credit")));
      }));
      mark();
    };
    const search = async (): Promise<void> => {
      asked?.abort();
      const mine = (asked = new AbortController());
      const found = await desk.findPictures(input.value.trim(), mine.signal);
      if (mine.signal.aborted) return;
      shown = [...[...chosen.values()].filter((p) => !found.some((f) => f.id === p.id)), ...found];
      note.textContent = shown.length ? "" : desk.say("editor.find_none");
      draw();
    };
    const sendAll = async (files: File[]): Promise<void> => {
      const fresh: Picture[] = [];
      for (const f of files) {
        const line = new Progress(desk, f);
        sending.append(line.el);
        const p = await line.run();
        line.el.remove();
        if (typeof p === "string") note.textContent = p;
        else if (p) fresh.push(p);
      }
      if (!fresh.length) return;
      if (!many) return finish([fresh[0]!]);
      for (const p of fresh) chosen.set(p.id, p);
      shown = [...fresh, ...shown.filter((p) => !fresh.some((x) => x.id === p.id))];
      draw();
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => void search(), 200);
    });
    file.addEventListener("change", () => void sendAll([...(file.files ?? [])]));
    take.addEventListener("click", () => finish([...chosen.values()]));
    box.addEventListener("dragover", (e) => e.preventDefault());
    box.addEventListener("drop", (e) => {
      e.preventDefault();
      void sendAll([...(e.dataTransfer?.files ?? [])].filter(isPicture).slice(0, many ? undefined : 1));
    });
    box.addEventListener("close", () => {
      finish([]);
      box.remove();
    });
    for (const name of ["input", "change"]) box.addEventListener(name, (e) => e.stopPropagation());
    document.body.append(box);
    box.showModal();
    void search();
  });
}
