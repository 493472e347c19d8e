// What every part of the editor needs of its page: its texts, its addresses,
// the server, and the names of what the draft points at.

import { newID } from "./ids";
import type { Picture } from "../upload";
import type { Answer } from "./sync";
import type { Conflict, Delta, Payload } from "./ledger";
import type { NodeJSON } from "./json";

/** What a number in the draft is called. */
export interface Names {
  people: Record<string, string>;
  topics: Record<string, string>;
  sources: Record<string, string>;
  stories: Record<string, { headline: string; path?: string }>;
  pictures: Record<string, PictureInfo>;
  sections: { id: number; name: string; depth: number }[];
}

/** What the page shows of a picture of the library. */
export type PictureInfo = Pick<Picture, "src" | "width" | "height" | "caption" | "credit" | "alt">;

/** The draft as the server gives it. */
export interface Draft {
  seq: number;
  doc: { type: "doc"; content?: NodeJSON[] };
  fields: Record<string, unknown>;
  names?: Partial<Names>;
  conflicts?: Conflict[];
  stage?: string;
  status?: string;
  version?: number;
  may?: string[];
}

/** Something that a search found. */
export interface Item {
  id: number;
  name: string;
  detail: string;
  path: string;
}

type Args = Record<string, string | number>;

/** A text with its placeholders {name} and plurals {name|one|other} filled in. */
export function fill(text: string, args: Args, lang: string): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (all, name: string, one?: string, other?: string) => {
    const v = args[name];
    if (v === undefined) return all;
    if (one !== undefined && other !== undefined) return v === 1 ? one : other;
    return typeof v === "number" ? v.toLocaleString(lang) : v;
  });
}

/** The page of one story. */
export class Desk {
  readonly story: number;
  readonly lang: string;
  readonly draftURL: string;
  readonly base: string;
  readonly findURL: string;
  readonly uploadURL: string;
  readonly streamURL: string;
  readonly tab: string;
  readonly names: Names = { people: {}, topics: {}, sources: {}, stories: {}, pictures: {}, sections: [] };
  private readonly words: Record<string, string>;

  constructor(readonly root: HTMLElement) {
    const d = root.dataset;
    this.story = Number(d.story);
    this.lang = d.lang || document.documentElement.lang || "id";
    this.draftURL = d.draftUrl ?? "";
    this.base = this.draftURL.replace(/\/draft$/, "");
    this.findURL = d.findUrl ?? "/newsroom/find/";
    this.uploadURL = d.uploadUrl ?? "/newsroom/uploads";
    this.streamURL = d.streamUrl ?? "";
    this.words = JSON.parse(d.words ?? "{}") as Record<string, string>;
    this.tab = tabID();
  }

  /** A text of the catalogue. */
  say(key: string, args: Args = {}): string {
    return fill(this.words[key] ?? key, args, this.lang);
  }

  /** Learns names; what is known already is replaced. */
  learn(n: Partial<Names> | undefined): void {
    if (!n) return;
    for (const k of ["people", "topics", "sources", "stories", "pictures"] as const) Object.assign(this.names[k], n[k] ?? {});
    if (n.sections) this.names.sections = n.sections;
  }

  /** The time of day as the server writes it, the same in both languages. */
  time(at: Date): string {
    const zone = this.root.dataset.zone;
    return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", ...(zone ? { timeZone: zone } : {}) }).format(at);
  }

  /** Asks the server; a connection that fails and a server that cannot are the same to the caller. */
  async ask(url: string, init: RequestInit = {}): Promise<Response | null> {
    const headers: Record<string, string> = { Accept: "application/json", "Warta-Tab": this.tab };
    if (init.body) headers["Content-Type"] = "application/json";
    try {
      const patience = "timeout" in AbortSignal && !init.signal ? { signal: AbortSignal.timeout(30_000) } : {};
      return await fetch(url, { credentials: "same-origin", ...patience, ...init, headers });
    } catch {
      return null;
    }
  }

  /** Sends a save. */
  async save(payload: Payload): Promise<Answer> {
    const res = await this.ask(this.draftURL, { method: "POST", body: JSON.stringify(payload) });
    if (!res || res.status >= 500 || res.status === 429 || res.status === 408) {
      const after = Number(res?.headers.get("Retry-After") ?? 0);
      return after > 0 ? { kind: "again", after: Math.min(after, 60) * 1000 } : { kind: "again" };
    }
    if (res.status === 401 || res.redirected) return { kind: "signed_out" };
    const body = await json(res);
    if (!res.ok) {
      const e = (body as { error?: { message?: string; field?: string } } | null)?.error;
      return { kind: "refused", status: res.status, message: e?.message ?? this.say("editor.refused"), ...(e?.field ? { field: e.field } : {}) };
    }
    if (body === null || typeof (body as Delta).seq !== "number") return { kind: "again" };
    this.learn((body as { names?: Partial<Names> }).names);
    const date = Date.parse(res.headers.get("Date") ?? "");
    return { kind: "ok", delta: body as Delta, at: new Date(Number.isNaN(date) ? Date.now() : date) };
  }

  /** Searches what fields suggest from. */
  async find(kind: string, q: string, signal?: AbortSignal): Promise<Item[]> {
    const res = await this.ask(`${this.findURL}${kind}?q=${encodeURIComponent(q)}`, signal ? { signal } : {});
    return res?.ok ? listOf(await json(res)).map(itemOf).filter((i) => i.id > 0) : [];
  }

  /** Searches the picture library. */
  async findPictures(q: string, signal?: AbortSignal): Promise<Picture[]> {
    const res = await this.ask(`${this.findURL}pictures?q=${encodeURIComponent(q)}`, signal ? { signal } : {});
    const list = res?.ok ? (listOf(await json(res)) as unknown as Picture[]) : [];
    for (const p of list) this.names.pictures[p.id] = p;
    return list;
  }

  /** Makes a topic, a person or a source; null with a sentence if it cannot be. */
  async make(kind: string, name: string): Promise<Item | string> {
    const res = await this.ask(this.findURL + kind, { method: "POST", body: JSON.stringify({ name }) });
    const body = res ? await json(res) : null;
    if (res?.ok && body) return itemOf(body as Record<string, unknown>);
    return (body as { error?: { message?: string } } | null)?.error?.message ?? this.say("editor.offline_action");
  }
}

/** The body of an answer, null if it is no JSON. */
export async function json(res: Response): Promise<unknown> {
  try {
    return (await res.json()) as unknown;
  } catch {
    return null;
  }
}

function listOf(body: unknown): Record<string, unknown>[] {
  if (Array.isArray(body)) return body as Record<string, unknown>[];
  for (const v of Object.values((body ?? {}) as object)) if (Array.isArray(v)) return v as Record<string, unknown>[];
  return [];
}

function itemOf(o: Record<string, unknown>): Item {
  const word = (...names: string[]): string => names.map((n) => o[n]).find((v): v is string => typeof v === "string" && v !== "") ?? "";
  return { id: Number(o.id) || 0, name: word("name", "headline", "title"), detail: word("detail", "section", "slug"), path: word("path", "url") };
}

/** The tab's own mark: kept over a reload, never shared by two open tabs. */
function tabID(): string {
  try {
    const before = sessionStorage.getItem("warta-tab");
    const kind = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
    // A copied tab has a copy of the store: only a reload may go on with it.
    if (before && kind?.type === "reload") return before;
    const id = newID();
    sessionStorage.setItem("warta-tab", id);
    return id;
  } catch {
    return newID();
  }
}
