// What is not at the server yet, kept in the browser: written while one types,
// found again after a crash. Each tab has a record of its own and a lock that
// says it is alive.

import { Database } from "../keep/storage";
import type { SyncJSON } from "./sync";

const NAME = "warta-newsroom";
const STORE = "drafts";

/** What a tab left behind. */
export interface Left {
  key: string;
  story: number;
  tab: string;
  user: string;
  at: number;
  sync: SyncJSON;
}

const database = new Database(NAME, [STORE]);

/** The drawer of one tab for one story. */
export class Drawer {
  private readonly key: string;

  constructor(
    private readonly story: number,
    private readonly tab: string,
    private readonly user: string,
  ) {
    this.key = `${story} ${tab}`;
    // Held until the tab ends, however it ends.
    void navigator.locks?.request(`warta ${this.key}`, () => new Promise(() => undefined));
  }

  private run<T>(mode: IDBTransactionMode, work: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return database.run(STORE, mode, work);
  }

  /** Keeps the state; it is on disk when this resolves. */
  async keep(sync: SyncJSON): Promise<void> {
    const left: Left = { key: this.key, story: this.story, tab: this.tab, user: this.user, at: Date.now(), sync };
    await this.run("readwrite", (s) => s.put(left));
  }

  /** Forgets this tab's record: everything is at the server. */
  async clear(): Promise<void> {
    await this.run("readwrite", (s) => s.delete(this.key));
  }

  /** What tabs of this story left that are no longer open, the oldest first. */
  async left(): Promise<Left[]> {
    const all = await this.run("readonly", (s) => s.getAll() as IDBRequest<Left[]>);
    const mine = all.filter((r) => r.story === this.story && (!this.user || !r.user || r.user === this.user));
    const held = new Set((await navigator.locks?.query())?.held?.map((l) => l.name ?? "") ?? []);
    return mine.filter((r) => r.key === this.key || !held.has(`warta ${r.key}`)).sort((a, b) => a.at - b.at);
  }

  /** Forgets what a tab left. */
  async drop(left: Left): Promise<void> {
    await this.run("readwrite", (s) => s.delete(left.key));
  }
}
