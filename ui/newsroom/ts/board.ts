// The desk's pages: the live board with its keys and its selection, lists that
// keep themselves up to date, topics that are suggested, notices that are read
// when they are opened. All of them work without it.

import { Keys, restore } from "./board/keys";
import { Live } from "./board/live";
import { Pick } from "./board/pick";

const form = document.querySelector<HTMLFormElement>("form[data-board]");
if (form) board(form);
for (const part of document.querySelectorAll<HTMLElement>("[data-mine], [data-plan]")) {
  new Live(part, part.dataset["url"] ?? location.href, Number(part.dataset["seq"]), () => {}, () => {});
}
topics();
notices();

function board(form: HTMLFormElement): void {
  const words = JSON.parse(form.dataset["words"] ?? "{}") as Record<string, string>;
  const word = (key: string): string => words["desk.script." + key] ?? "";
  const line = form.querySelector<HTMLElement>("[data-line]");
  let away = false;
  const say = (key: string): void => {
    if (!line) return;
    const text = key ? word(key) : away ? word("away") : "";
    line.textContent = text;
    line.hidden = text === "";
  };
  const part = form.querySelector<HTMLElement>("[data-part]");
  if (!part) return;
  const pick = new Pick(form, word);
  new Keys(form, pick, say);
  const live = new Live(
    part,
    form.dataset["url"] ?? location.href,
    Number(form.dataset["seq"]),
    () => pick.show(),
    (on) => {
      away = on;
      say("");
    },
  );
  form.addEventListener("focusin", () => say(""));
  // More of a column comes in place; the address says so, so that it can be kept.
  form.addEventListener("click", (e) => {
    const more = e.target instanceof Element ? e.target.closest<HTMLAnchorElement>("a[data-more]") : null;
    if (!more || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    const here = new URL(more.href);
    live.url = here.pathname + here.search;
    history.replaceState(null, "", live.url);
    const next = form.querySelector<HTMLInputElement>("input[name=next]");
    if (next) next.value = live.url;
    void live.now();
  });
  restore(form);
}

/** Suggests topics while one writes in the filter. */
function topics(): void {
  const field = document.querySelector<HTMLInputElement>("[data-topics]");
  const list = document.querySelector<HTMLDataListElement>("#f-topics");
  if (!field || !list) return;
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void suggest(field, list), 200);
  });
}

async function suggest(field: HTMLInputElement, list: HTMLDataListElement): Promise<void> {
  const asked = field.value.trim();
  if (asked.length < 2) return;
  try {
    const answer = await fetch("/newsroom/find/topics?q=" + encodeURIComponent(asked), { headers: { Accept: "application/json" } });
    if (!answer.ok || field.value.trim() !== asked) return;
    const found = (await answer.json()) as { results: { name: string }[] };
    list.replaceChildren(
      ...found.results.map((t) => {
        const o = document.createElement("option");
        o.value = t.name;
        return o;
      }),
    );
  } catch {
    // One can type the whole name as well.
  }
}

/** Marks a notice as read when its story is opened. */
function notices(): void {
  document.addEventListener("click", (e) => {
    const link = e.target instanceof Element ? e.target.closest<HTMLElement>("a[data-notice]") : null;
    if (!link) return;
    void fetch("/newsroom/notices/read", {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ id: [Number(link.dataset["notice"])] }),
    });
  });
}
