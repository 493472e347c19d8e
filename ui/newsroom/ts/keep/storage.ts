// One of the browser's databases (IndexedDB): each call is a transaction that is
// on disk when it resolves.

function promised<T>(req: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    req.onsuccess = () => done(req.result);
    req.onerror = () => fail(req.error ?? new Error("storage"));
  });
}

/** A database whose records have their key in the property "key". */
export class Database {
  private db: Promise<IDBDatabase> | null = null;

  constructor(
    private readonly name: string,
    private readonly stores: readonly string[],
  ) {}

  private open(): Promise<IDBDatabase> {
    const req = indexedDB.open(this.name, 1);
    req.onupgradeneeded = () => {
      for (const store of this.stores) req.result.createObjectStore(store, { keyPath: "key" });
    };
    return promised(req).then((db) => {
      // Another page takes the database away: nobody waits for this one.
      db.onversionchange = () => {
        db.close();
        this.db = null;
      };
      return db;
    });
  }

  /** Runs one request in a transaction of its own. Rejects if the browser keeps nothing. */
  async run<T>(store: string, mode: IDBTransactionMode, work: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    try {
      this.db ??= this.open();
      const tx = (await this.db).transaction(store, mode, { durability: "strict" });
      const ended = new Promise<void>((done, fail) => {
        tx.oncomplete = () => done();
        tx.onabort = tx.onerror = () => fail(tx.error ?? new Error("storage"));
      });
      const [result] = await Promise.all([promised(work(tx.objectStore(store))), ended]);
      return result;
    } catch (err) {
      this.db = null; // the browser may have closed it: open it anew next time
      throw err;
    }
  }
}
