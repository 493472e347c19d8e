// What is on its way to the library, kept in the browser until it has arrived,
// for a day at most: the address under which the server keeps what came, and on
// the library's own page the file itself, so that sending goes on by itself
// after a reload or a crash. Everybody finds only what he began himself.
import { Database } from "./storage";

const ADDRESSES = "addresses";
const FILES = "files";
const DAY = 24 * 60 * 60 * 1000; // as long as the server keeps what came
/** The item of the browser's storage that says when all of this has been kept too long: room.ts takes it away then. */
const UNTIL = "warta-uploads-until";
const MOST = 400_000_000; // bytes of all files together
const COUNT = 100; // files

interface Address {
  key: string;
  at: string;
  since: number;
}

interface Kept {
  key: string;
  owner: string;
  since: number;
  file: File;
}

const database = new Database("warta-uploads", [ADDRESSES, FILES]);

// Files on their way into the database: a small one may have arrived before.
const putting = new Map<string, Promise<unknown>>();

// Where the browser keeps nothing, this page at least goes on.
const memory = new Map<string, string>();

/** Whose uploads to an address these are. */
function owner(url: string): string {
  return `${document.querySelector<HTMLElement>("[data-user]")?.dataset["user"] ?? ""} ${url}`;
}

/** What tells a file that is sent to an address from others. */
export function keyOf(file: File, url: string): string {
  return `${owner(url)} ${file.name} ${file.size} ${file.lastModified}`;
}

/** The address under which the server keeps what came of a file, if any is known. */
export async function addressOf(key: string): Promise<string | undefined> {
  try {
    const found = await database.run(ADDRESSES, "readonly", (s) => s.get(key) as IDBRequest<Address | undefined>);
    if (found && found.since > Date.now() - DAY) return found.at;
  } catch {
    // see memory
  }
  return memory.get(key);
}

/** Keeps the address; it is on disk when this resolves. */
export async function keepAddress(key: string, at: string): Promise<void> {
  memory.set(key, at);
  const record: Address = { key, at, since: Date.now() };
  await database.run(ADDRESSES, "readwrite", (s) => s.put(record)).catch(() => undefined);
}

/** Forgets the address: the next attempt begins from the first byte. */
export async function forgetAddress(key: string): Promise<void> {
  memory.delete(key);
  await database.run(ADDRESSES, "readwrite", (s) => s.delete(key)).catch(() => undefined);
}

/** Forgets all of a file: it has arrived, or nobody wants it any more. */
export async function forget(key: string): Promise<void> {
  await putting.get(key);
  await Promise.all([forgetAddress(key), database.run(FILES, "readwrite", (s) => s.delete(key)).catch(() => undefined)]);
}

/** Keeps a file, unless there is no room: then sending goes on when it is chosen again. */
export async function keepFile(file: File, url: string): Promise<void> {
  const key = keyOf(file, url);
  // What is refused: the browser keeps nothing, or the file has gone.
  const put = putFile(key, file, url).catch(() => undefined);
  putting.set(key, put);
  await put;
  if (putting.get(key) === put) putting.delete(key);
}

async function putFile(key: string, file: File, url: string): Promise<void> {
  localStorage.setItem(UNTIL, String(Date.now() + DAY));
  const all = await kept();
  const bytes = all.reduce((sum, k) => sum + k.file.size, file.size);
  if (bytes > MOST || all.length >= COUNT) return;
  const record: Kept = { key, owner: owner(url), since: Date.now(), file };
  await database.run(FILES, "readwrite", (s) => s.put(record));
}

/** The files that earlier pages did not bring to an address, the oldest first. */
export async function leftFiles(url: string): Promise<File[]> {
  try {
    const all = (await kept()).filter((k) => k.owner === owner(url));
    return all.sort((a, b) => a.since - b.since).map((k) => k.file);
  } catch {
    return [];
  }
}

/** Whether a file is still kept. */
export async function isKept(key: string): Promise<boolean> {
  return (await database.run(FILES, "readonly", (s) => s.getKey(key)).catch(() => undefined)) !== undefined;
}

/** All files that are kept, whoever's, after what is too old was forgotten. */
async function kept(): Promise<Kept[]> {
  const eldest = Date.now() - DAY;
  const all = await database.run(FILES, "readonly", (s) => s.getAll() as IDBRequest<Kept[]>);
  for (const k of all) if (k.since <= eldest) await database.run(FILES, "readwrite", (s) => s.delete(k.key));
  const addresses = await database.run(ADDRESSES, "readonly", (s) => s.getAll() as IDBRequest<Address[]>);
  for (const a of addresses) if (a.since <= eldest) await forgetAddress(a.key);
  return all.filter((k) => k.since > eldest);
}

/**
 * Runs work when no other page is at the same file, and until then waits: a page
 * that is closed lets the next one go on.
 */
export async function alone(key: string, work: () => Promise<void>): Promise<void> {
  if (navigator.locks) await navigator.locks.request(`warta-upload ${key}`, work);
  else await work();
}
