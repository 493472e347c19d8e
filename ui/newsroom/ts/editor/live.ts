// What comes from the server by itself: that the draft moved, who is here, how
// the story stands.

import type { Desk } from "./desk";
import { h } from "./dom";

/** Who has the story open. */
export interface Person {
  id: number;
  name: string;
  tab?: string;
  since?: string;
}

/** What the page does with it. */
export interface LiveEvents {
  draft(seq: number, conflicts?: number): void;
  story(state: Record<string, unknown>): void;
  people(list: Person[]): void;
  back(): void; // the stream is there again
}

const PRESENCE = 10_000;

/** The stream of one story. The browser opens it again by itself; where it gives up, we do. */
export class Live {
  private source: EventSource | null = null;
  private tries = 0;
  private timer = 0;

  constructor(private readonly desk: Desk, private readonly on: LiveEvents) {
    this.open();
    this.here();
    setInterval(() => this.here(), PRESENCE);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      this.here();
      if (this.source?.readyState === EventSource.CLOSED) this.open();
    });
    addEventListener("online", () => this.open());
    addEventListener("pagehide", () => {
      this.source?.close();
      void this.desk.ask(this.desk.base + "/presence?leave=1", { method: "POST", body: "{}", keepalive: true });
    });
    addEventListener("pageshow", (e) => e.persisted && this.open());
  }

  private open(): void {
    clearTimeout(this.timer);
    this.source?.close();
    if (!this.desk.streamURL) return;
    const url = new URL(this.desk.streamURL, location.href);
    url.searchParams.set("tab", this.desk.tab);
    const s = (this.source = new EventSource(url));
    s.addEventListener("open", () => {
      if (this.tries) this.on.back();
      this.tries = 0;
    });
    s.addEventListener("error", () => {
      this.tries++;
      if (s.readyState !== EventSource.CLOSED) return; // it tries by itself
      this.timer = setTimeout(() => this.open(), Math.min(30_000, 1000 * 2 ** Math.min(this.tries, 5)));
    });
    const listen = <T>(name: string, use: (v: T) => void): void =>
      s.addEventListener(name, (e: MessageEvent<string>) => {
        try {
          use(JSON.parse(e.data) as T);
        } catch {
          // not for us
        }
      });
    listen<{ seq: number; conflicts?: number }>("draft", (v) => this.on.draft(v.seq, v.conflicts));
    listen<Record<string, unknown>>("story", (v) => this.on.story(v));
    listen<Person[] | { people?: Person[] }>("people", (v) => this.on.people(Array.isArray(v) ? v : (v.people ?? [])));
  }

  private here(): void {
    if (document.visibilityState === "visible") void this.desk.ask(this.desk.base + "/presence", { method: "POST", body: "{}" });
  }
}

/** Shows who else is in the story. */
export function showPeople(desk: Desk, el: HTMLElement, list: readonly Person[]): void {
  const others = list.filter((p) => p.tab !== desk.tab);
  el.hidden = others.length === 0;
  const seen = new Map<number, Person & { tabs: number }>();
  for (const p of others) seen.set(p.id, { ...p, tabs: (seen.get(p.id)?.tabs ?? 0) + 1 });
  el.setAttribute("aria-label", desk.say("editor.people"));
  el.classList.add("ed-people");
  el.replaceChildren(...[...seen.values()].map((p) => h("li", {}, p.name, p.tabs > 1 ? ` ×${p.tabs}` : "")));
}
