import { alone, forget, isKept, keepFile, keyOf, leftFiles } from "../keep/shelf";
import { type Picture, upload, UploadError } from "../upload";
import { wordsOf } from "./words";

/** How many files are sent at the same time. */
const lanes = 3;

interface Item {
  file: File;
  key: string;
  /** An earlier page had begun with it. */
  resumed: boolean;
  /** Called when it has arrived, failed or was called off. */
  ended: () => void;
  row: HTMLLIElement;
  text: HTMLElement;
  bar: HTMLProgressElement;
  act: HTMLButtonElement;
  stop: AbortController | undefined;
}

/**
 * Sends what is chosen, dropped or pasted, with a line for each file, and goes on
 * with what earlier pages left.
 */
export function watchUploads(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>("input[type=file]");
  const list = form.querySelector<HTMLUListElement>("[data-queue]");
  const told = form.querySelector<HTMLElement>("[data-told]");
  const url = form.dataset["upload"];
  if (!input || !list || !told || !url) return;
  const say = wordsOf(form);
  const waiting: Item[] = [];
  const busy = new Set<Item>();
  /** What this page is at, by key: a file that is chosen twice is sent once. */
  const mine = new Set<string>();
  form.classList.add("live");
  form.querySelector<HTMLElement>("[data-plain]")?.setAttribute("hidden", "");

  const add = (files: Iterable<File>): void => {
    for (const file of files) {
      const key = keyOf(file, url);
      if (mine.has(key)) continue;
      mine.add(key);
      void keepFile(file, url);
      const item = show(file, key, false);
      void alone(key, () => enqueue(item));
    }
  };
  const resume = async (): Promise<void> => {
    for (const file of await leftFiles(url)) {
      const key = keyOf(file, url);
      if (mine.has(key)) continue;
      mine.add(key);
      void alone(key, async () => {
        // Another page may have brought it to its end meanwhile.
        if (!(await isKept(key))) mine.delete(key);
        else await enqueue(show(file, key, true));
      });
    }
  };
  const show = (file: File, key: string, resumed: boolean): Item => {
    const item: Item = { ...line(file), key, resumed, ended: () => undefined };
    item.row.dataset["state"] = "waiting";
    item.text.textContent = say(resumed ? "resumed" : "waiting");
    if (resumed) told.textContent = `${file.name}: ${item.text.textContent}`;
    item.act.textContent = say("stop");
    item.act.onclick = () => {
      item.row.remove();
      mine.delete(key);
    };
    list.append(item.row);
    list.hidden = false;
    return item;
  };
  const enqueue = (item: Item): Promise<void> =>
    new Promise((ended) => {
      if (!item.row.isConnected) {
        ended(); // called off while another page was at it
        return;
      }
      item.ended = ended;
      wait(item);
      next();
    });
  const end = (item: Item): void => {
    mine.delete(item.key);
    item.ended();
  };
  const wait = (item: Item): void => {
    item.row.dataset["state"] = "waiting";
    item.text.textContent = say(item.resumed ? "resumed" : "waiting");
    item.act.textContent = say("stop");
    item.act.onclick = () => {
      waiting.splice(waiting.indexOf(item), 1);
      item.row.remove();
      void forget(item.key);
      end(item);
    };
    waiting.push(item);
  };
  const next = (): void => {
    for (let item = waiting.at(0); item && busy.size < lanes; item = waiting.at(0)) {
      waiting.shift();
      busy.add(item);
      void run(item).finally(() => {
        busy.delete(item);
        next();
      });
    }
  };
  const run = async (item: Item): Promise<void> => {
    item.stop = new AbortController();
    item.row.dataset["state"] = "sending";
    item.act.onclick = () => item.stop?.abort();
    const progress = (done: number, total: number): void => {
      item.bar.max = total;
      item.bar.value = done;
      // A piece that was under way may still get through after the connection went.
      item.text.textContent = navigator.onLine
        ? say(item.resumed ? "going_on" : "sending", { done: size(done), total: size(total) })
        : say("offline");
    };
    try {
      done(item, await upload(item.file, url, progress, item.stop.signal));
    } catch (err) {
      if (item.stop.signal.aborted) item.row.remove();
      else failed(item, err);
    }
    end(item);
  };
  const done = (item: Item, p: Picture): void => {
    item.row.dataset["state"] = "done";
    item.bar.remove();
    item.act.remove();
    item.text.textContent = say(p.known ? "known" : "done") + " ";
    told.textContent = `${item.file.name}: ${item.text.textContent}`;
    const look = document.createElement("a");
    look.className = "link";
    look.href = `/newsroom/pictures/${p.id}`;
    look.textContent = say(p.known ? "look" : "fill");
    const name = document.createElement("span");
    name.className = "hidden";
    name.textContent = ` ${item.file.name}`;
    look.append(name);
    const thumb = document.createElement("img");
    thumb.src = `/newsroom/media/${p.id}/1x1/96.webp`;
    thumb.width = thumb.height = 48;
    thumb.alt = "";
    thumb.className = `t${p.tone}`;
    item.row.prepend(thumb);
    item.row.append(look);
  };
  const failed = (item: Item, err: unknown): void => {
    item.row.dataset["state"] = "failed";
    const why = err instanceof Error ? err.message : String(err);
    const out = err instanceof UploadError && err.status === 401;
    item.text.textContent = out ? say("sign_in") + " " : say("failed", { why });
    told.textContent = `${item.file.name}: ${item.text.textContent}`;
    if (out) {
      const link = document.createElement("a");
      link.className = "link";
      link.href = "/newsroom/sign-in";
      link.target = "_blank";
      link.textContent = link.href;
      item.text.append(link);
    }
    item.act.textContent = say("again");
    item.act.onclick = () => {
      mine.add(item.key);
      void keepFile(item.file, url);
      void alone(item.key, () => enqueue(item));
    };
  };

  input.addEventListener("change", () => {
    add(input.files ?? []);
    input.value = "";
  });
  form.addEventListener("submit", (e) => e.preventDefault());
  watchDrops(form, say("drop"), add);
  document.addEventListener("paste", (e) => {
    const files = [...(e.clipboardData?.files ?? [])].filter((f) => f.type.startsWith("image/"));
    if (files.length > 0) add(files);
  });
  addEventListener("offline", () => {
    for (const item of busy) item.text.textContent = say("offline");
  });
  addEventListener("beforeunload", (e) => {
    if (busy.size + waiting.length > 0) e.preventDefault();
  });
  void resume();
}

function line(file: File): Pick<Item, "file" | "row" | "text" | "bar" | "act" | "stop"> {
  const row = document.createElement("li");
  const name = document.createElement("b");
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.max = file.size || 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  const text = document.createElement("span");
  const act = document.createElement("button");
  act.type = "button";
  row.append(name, bar, text, act);
  return { file, row, text, bar, act, stop: undefined };
}

function watchDrops(form: HTMLFormElement, hint: string, add: (files: Iterable<File>) => void): void {
  const holds = (e: DragEvent): boolean => e.dataTransfer?.types.includes("Files") ?? false;
  form.dataset["hint"] = hint;
  document.addEventListener("dragover", (e) => {
    if (!holds(e)) return;
    e.preventDefault();
    form.toggleAttribute("data-over", true);
  });
  document.addEventListener("dragleave", (e) => {
    if (!e.relatedTarget) form.removeAttribute("data-over");
  });
  document.addEventListener("drop", (e) => {
    form.removeAttribute("data-over");
    if (!holds(e)) return;
    e.preventDefault();
    add([...(e.dataTransfer?.files ?? [])]);
  });
}

function size(n: number): string {
  const mb = n / 1_000_000;
  return mb < 1 ? `${Math.round(n / 1000)} kB` : `${mb.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;
}
