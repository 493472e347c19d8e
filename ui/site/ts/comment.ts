// What readers say below a story, made better: posting and answering in place,
// further pages without leaving, one's own marks, and new comments that are
// announced and never move what is read. All of it works without.
import { times } from "./times";
import type { Me } from "./me";

interface Posted {
  id: string;
  state: string;
  message: string;
  html?: string;
  error?: { code: string; message: string };
}

const all = <T extends Element>(s: string, root: ParentNode): T[] => [...root.querySelectorAll<T>(s)];
const one = <T extends Element>(s: string, root: ParentNode): T | null => root.querySelector<T>(s);

/** Fills a number into a sentence that may know a singular: "{n} {n|a|b}". */
export function counted(text: string, n: number): string {
  return text.replace(/\{n\|([^|}]*)\|([^}]*)\}/g, (_, a: string, b: string) => (n === 1 ? a : b)).replace("{n}", String(n));
}

/** Remembers what is being written, so that signing in loses nothing. */
class Keeper {
  constructor(private readonly key: string) {}
  get(): string {
    try {
      return localStorage.getItem(this.key) ?? "";
    } catch {
      return "";
    }
  }
  set(text: string): void {
    try {
      if (text) localStorage.setItem(this.key, text);
      else localStorage.removeItem(this.key);
    } catch {
      // A browser that keeps nothing: the text is in the form.
    }
  }
}

class Talk {
  private readonly story: string;
  private last: number;
  private me: Me | null = null;
  private readonly shown = new Set<string>();
  private newest: number[] = []; // as the stream said last

  constructor(private readonly root: HTMLElement) {
    this.story = root.dataset.talk ?? "";
    this.last = Number(root.dataset.last);
    const form = one<HTMLFormElement>("[data-say]", root);
    if (form) this.writing(form, "");
    root.addEventListener("click", (e) => void this.click(e));
    root.addEventListener("submit", (e) => void this.react(e));
    this.note(root);
    void this.know();
    this.watch();
  }

  private word(name: string): string {
    return this.root.dataset[name] ?? "";
  }

  private note(part: ParentNode): void {
    for (const c of all<HTMLElement>("[data-id]", part)) this.shown.add(c.dataset.id ?? "");
  }

  /** Marks what is this reader's own. */
  private async know(): Promise<void> {
    this.me = (await window.wartaMe) ?? null;
    if (!this.me?.name) return;
    this.mark(this.root);
    const list = one<HTMLElement>("[data-threads]", this.root);
    for (const w of [...(this.me.waiting ?? [])].reverse()) {
      if (!this.shown.has(w.id) && list) this.put(list, w.html, w.message, true);
    }
  }

  private mark(part: ParentNode): void {
    const me = this.me;
    if (!me?.name) return;
    for (const c of all<HTMLElement>("[data-id]", part)) {
      const { id = "", by = "" } = c.dataset;
      if (by && by === me.id) {
        const other = one<HTMLAnchorElement>("[data-other]", c);
        if (other) {
          other.href = `/comment/own/${id}`;
          other.textContent = this.word("own");
          other.removeAttribute("aria-label");
          other.removeAttribute("data-other");
        }
      } else if (by && me.muted?.includes(by)) {
        const box = document.createElement("details");
        const name = document.createElement("summary");
        name.className = "meta";
        name.textContent = this.word("muted");
        box.append(name, ...c.childNodes);
        c.append(box);
      }
      const said = me.said?.[id];
      for (const b of all<HTMLButtonElement>(".do button", c)) b.setAttribute("aria-pressed", String(b.value === said));
    }
  }

  /** Takes over a form; what cannot be sent stays in it. */
  private writing(form: HTMLFormElement, reply: string): void {
    const box = one<HTMLTextAreaElement>("textarea", form);
    const button = one<HTMLButtonElement>("button", form);
    const told = one<HTMLElement>("[data-told]", form);
    if (!box || !button || !told) return;
    const kept = new Keeper(`comment ${this.story} ${reply}`);
    if (!box.value) box.value = kept.get();
    box.addEventListener("input", () => kept.set(box.value));
    const say = (text: string, link?: string): void => {
      told.hidden = false;
      told.replaceChildren(text);
      if (!link) return;
      const a = document.createElement("a");
      a.href = link;
      a.textContent = text;
      told.replaceChildren(a);
    };
    form.addEventListener("submit", async (e) => {
      e.preventDefault();
      button.disabled = true;
      say(this.word("sent"));
      try {
        const res = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form) as never) });
        const out = (await res.json()) as Posted;
        if (res.status === 401) {
          say(this.word("enter"), `/account/sign-in?next=${encodeURIComponent(location.pathname)}`);
        } else if (out.error) {
          say(out.error.message);
        } else {
          box.value = "";
          kept.set("");
          say(out.message);
          if (out.html) this.mine(out, reply, form);
        }
      } catch {
        say(this.word("lost"));
      } finally {
        button.disabled = false;
      }
    });
  }

  /** Puts one's own comment where it belongs. */
  private mine(out: Posted, reply: string, form: HTMLFormElement): void {
    if (this.shown.has(out.id)) return;
    const waits = out.state !== "published";
    const above = reply && document.getElementById(`comment-${reply}`);
    if (!above) {
      const list = one<HTMLElement>("[data-threads]", this.root);
      if (list) this.put(list, out.html ?? "", waits ? this.word("waits") : "", true);
      return;
    }
    const item = above.closest("[data-threads] > li");
    if (!item) return;
    let list = one<HTMLElement>("ol", item);
    if (!list) {
      list = document.createElement("ol");
      const thread = one("article", item);
      thread?.after(list);
    }
    this.put(list, out.html ?? "", waits ? this.word("waits") : "", false);
    if (form.dataset.say === undefined) form.remove();
  }

  private put(list: HTMLElement, html: string, note: string, first: boolean): void {
    const item = document.createElement("li");
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const c = one<HTMLElement>("article", parsed);
    if (!c) return;
    c.classList.add("mine");
    item.append(c);
    if (note) {
      const p = document.createElement("p");
      p.className = "meta";
      p.textContent = note;
      c.append(p);
    }
    if (first) list.prepend(item);
    else list.append(item);
    one(".none", this.root)?.remove();
    this.note(item);
    this.mark(item);
    times(item);
    this.offer();
  }

  private async click(e: MouseEvent): Promise<void> {
    if (e.ctrlKey || e.metaKey || e.shiftKey || !(e.target instanceof Element)) return;
    const reply = e.target.closest<HTMLAnchorElement>("[data-reply]");
    const more = e.target.closest<HTMLAnchorElement>("[data-more] a");
    const sort = e.target.closest<HTMLAnchorElement>(".sorts a");
    if (reply) {
      const form = one<HTMLFormElement>("[data-say]", this.root);
      if (!form) return;
      e.preventDefault();
      this.answer(reply, form);
    } else if (more) {
      e.preventDefault();
      const box = more.closest<HTMLElement>("[data-more]");
      await this.onward(more, box);
    } else if (sort) {
      e.preventDefault();
      await this.replace(sort.href);
    }
  }

  /** Opens the form below the comment that is answered. */
  private answer(link: HTMLAnchorElement, form: HTMLFormElement): void {
    const above = link.closest<HTMLElement>("[data-id]");
    const id = above?.dataset.id ?? "";
    if (!above) return;
    const open = one<HTMLTextAreaElement>(`form[data-to] textarea`, above);
    if (open) return open.focus();
    const own = form.cloneNode(true) as HTMLFormElement;
    delete own.dataset.say;
    own.dataset.to = id;
    const box = one<HTMLTextAreaElement>("textarea", own);
    const label = one<HTMLLabelElement>("label", own);
    const hint = one<HTMLElement>("[id=tanggung]", own);
    const told = one<HTMLElement>("[data-told]", own);
    if (!box || !label || !told) return;
    hint?.remove();
    told.hidden = true;
    box.value = "";
    box.id = label.htmlFor = `kata-${id}`;
    box.removeAttribute("aria-describedby");
    label.textContent = link.getAttribute("aria-label") ?? link.textContent;
    const to = document.createElement("input");
    to.type = "hidden";
    to.name = "reply";
    to.value = id;
    own.append(to);
    above.append(own);
    this.writing(own, id);
    box.focus();
  }

  private async fetchPage(address: string): Promise<HTMLElement | null> {
    const res = await fetch(address);
    if (!res.ok) return null;
    const doc = new DOMParser().parseFromString(await res.text(), "text/html");
    return one<HTMLElement>("[data-talk]", doc);
  }

  /** Adds the next page below what is read, or all of a thread's replies. */
  private async onward(link: HTMLAnchorElement, box: HTMLElement | null): Promise<void> {
    const page = await this.fetchPage(link.href).catch(() => null);
    if (!page || !box) return location.assign(link.href);
    const item = box.closest("[data-threads] > li");
    if (item) {
      const thread = one("[data-threads] > li", page);
      if (!thread) return location.assign(link.href);
      item.replaceChildren(...thread.childNodes);
      this.note(item);
      this.mark(item);
      times(item as HTMLElement);
      return;
    }
    const list = one("[data-threads]", this.root);
    const fresh = all<HTMLElement>("[data-threads] > li", page).filter((li) => !this.shown.has(one<HTMLElement>("[data-id]", li)?.dataset.id ?? ""));
    list?.append(...fresh);
    const next = [...page.children].find((el) => el.matches("[data-more]"));
    if (next) box.replaceWith(next);
    else box.remove();
    for (const li of fresh) {
      this.note(li);
      this.mark(li);
      times(li);
    }
    one<HTMLAnchorElement>("a", fresh[0] ?? document.body)?.focus({ preventScroll: true });
  }

  /** Shows another order, or what has come since. */
  private async replace(address: string): Promise<void> {
    const page = await this.fetchPage(address).catch(() => null);
    if (!page) return location.assign(address);
    const keep = one<HTMLFormElement>("form[data-say]", this.root);
    const inside = [...page.children].filter((el) => !el.matches("form, h2, link, script, .shut"));
    for (const el of [...this.root.children]) if (!el.matches("form[data-say], h2, link, script, .shut")) el.remove();
    const title = one("h2", page);
    if (title) one("h2", this.root)?.replaceChildren(...title.childNodes);
    (keep ?? one(".shut", this.root) ?? one("h2", this.root))?.after(...inside);
    this.last = Number(page.dataset.last);
    this.shown.clear();
    this.note(this.root);
    this.mark(this.root);
    times(this.root);
  }

  private async react(e: SubmitEvent): Promise<void> {
    const form = e.target as HTMLFormElement;
    const button = e.submitter as HTMLButtonElement | null;
    if (!form.matches(".do") || !button || !this.me?.name) return;
    e.preventDefault();
    const was = button.getAttribute("aria-pressed") === "true";
    const res = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ kind: was ? "" : button.value }),
    }).catch(() => null);
    if (!res?.ok) return;
    for (const b of all<HTMLButtonElement>("button", form)) {
      const pressed = b.getAttribute("aria-pressed") === "true";
      const now = b === button && !was;
      if (pressed === now) continue;
      const count = one("span", b) ?? document.createElement("span");
      const n = Number(count.textContent) + (now ? 1 : -1);
      count.textContent = n > 0 ? String(n) : "";
      if (!count.parentElement) b.append(" ", count);
      b.setAttribute("aria-pressed", String(now));
    }
  }

  /** Listens for new comments while the discussion is in sight. */
  private watch(): void {
    if (!("EventSource" in window) || !("IntersectionObserver" in window)) return;
    let source: EventSource | undefined;
    const stop = (): void => {
      source?.close();
      source = undefined;
    };
    const start = (): void => {
      if (source || document.hidden) return;
      source = new EventSource(`/comment/events/${this.story}`);
      source.addEventListener("count", (e) => this.heard(e as MessageEvent<string>));
    };
    let near = false;
    new IntersectionObserver(
      (seen) => {
        near = seen.some((s) => s.isIntersecting);
        if (near) start();
        else stop();
      },
      { rootMargin: "400px" },
    ).observe(this.root);
    document.addEventListener("visibilitychange", () => (document.hidden ? stop() : near && start()));
  }

  private heard(e: MessageEvent<string>): void {
    const { newer, shown } = JSON.parse(e.data) as { newer: number[]; shown: number };
    this.newest = newer;
    const title = one("h2", this.root);
    const now = title?.textContent?.replace(/\(.*\)/, `(${shown.toLocaleString(document.documentElement.lang)})`);
    if (title && now !== title.textContent) title.textContent = now ?? "";
    this.offer();
  }

  /** Says how many comments there are that the page does not show. */
  private offer(): void {
    const n = this.newest.filter((id) => id > this.last && !this.shown.has(String(id))).length;
    const fresh = one<HTMLElement>("[data-fresh]", this.root);
    const button = fresh && one<HTMLButtonElement>("button", fresh);
    if (!fresh || !button) return;
    fresh.hidden = n === 0;
    if (n === 0) return;
    button.textContent = counted(this.word("new"), n) + (this.newest.length > 99 ? "+" : "");
    button.onclick = () => void this.replace(`/comment/story/${this.story}`);
  }
}

all<HTMLElement>("[data-talk]", document).forEach((el) => new Talk(el));
