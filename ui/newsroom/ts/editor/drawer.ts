// What is not at the server yet, kept in the browser: written while one types,
// found again after a crash. Each tab has a record of its own and a lock that
// says it is alive.

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

function promised<T>(req: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    req.onsuccess = () => done(req.result);
    req.onerror = () => fail(req.error ?? new Error("storage"));
  });
}

function open(): Promise<IDBDatabase> {
  const req = indexedDB.open(NAME, 1);
  req.onupgradeneeded = () => void req.result.createObjectStore(STORE, { keyPath: "key" });
  return promised(req);
}

/** The drawer of one tab for one story. */
export class Drawer {
  private db: Promise<IDBDatabase> | null = null;
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

  private async run<T>(mode: IDBTransactionMode, work: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    this.db ??= open();
    try {
      const tx = (await this.db).transaction(STORE, mode, { durability: "strict" });
      const result = promised(work(tx.objectStore(STORE)));
      await new Promise<void>((done, fail) => {
        tx.oncomplete = () => done();
        tx.onabort = tx.onerror = () => fail(tx.error ?? new Error("storage"));
      });
      return await result;
    } catch (err) {
      this.db = null; // the browser may have closed it: open it anew next time
      throw err;
    }
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
