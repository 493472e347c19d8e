// Sends a picture to the library in pieces, so that a lost connection costs one
// piece and not the whole. Under which address it arrives is kept in the browser
// (keep/shelf.ts) before the first byte goes out: sending the same file again goes on
// where it stopped, also after a crash.
import { addressOf, forget, forgetAddress, keepAddress, keyOf } from "./keep/shelf";

/** A picture as the library hands it to scripts. */
export interface Picture {
  id: number;
  /** A preview for staff, at most 640 pixels wide. */
  src: string;
  width: number;
  height: number;
  caption: string;
  credit: string;
  alt: string;
  /** Class of the mean colour, 0 to 63. */
  tone: number;
  name: string;
  ai: boolean;
  /** The same content was in the library before; this is the picture that was there. */
  known?: boolean;
}

/** An answer that says no, with the sentence for whoever sent the file. */
export class UploadError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code = "",
  ) {
    super(message);
    this.name = "UploadError";
  }
}

const KB = 1024;
const least = 64 * KB;
const most = 8 * KB * KB;
const patience = 15_000;

interface Opened {
  at: string;
  offset: number;
}

/**
 * Sends a file and resolves with the picture that it became. A connection that
 * is lost is waited for. onProgress gets the bytes that the server has kept.
 * Ending it by the signal rejects with an AbortError and drops what arrived.
 * Everything that trying again does not mend rejects with an UploadError; after
 * status 401 (signed out) call it again with the same file to go on.
 */
export async function upload(
  file: File,
  url: string,
  onProgress: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<Picture> {
  const key = keyOf(file, url);
  let open: Opened | undefined;
  let size = 4 * least;
  let failures = 0;
  let lost = 0;
  for (;;) {
    let wait = 0;
    try {
      open ??= await begin(file, url, key, signal);
      onProgress(open.offset, file.size);
      const started = performance.now();
      const res = await send(file, open, size, signal);
      if (res.status === 200) {
        // Not before the answer is here whole: what breaks off asks once more.
        const picture = (await res.json()) as Picture;
        await forget(key);
        onProgress(file.size, file.size);
        return picture;
      }
      if (res.status === 204 || res.status === 409) {
        open.offset = offsetOf(res) ?? open.offset;
        failures = 0;
        size = res.status === 204 ? fit(size, performance.now() - started) : size;
      } else if ((res.status === 404 || res.status === 410) && lost++ < 3) {
        await forgetAddress(key); // too old, or dropped meanwhile: from the beginning
        open = undefined;
      } else {
        wait = await later(res, key);
      }
    } catch (err) {
      if (signal?.aborted) {
        const at = open?.at ?? (await addressOf(key));
        if (at) drop(at);
        await forget(key);
        throw err;
      }
      if (err instanceof UploadError) throw err;
      open = undefined; // the connection: ask anew how far it is
      size = Math.max(least, size / 2);
      wait = Math.min(patience, 500 * 2 ** Math.min(failures++, 6));
    }
    if (wait > 0) await pause(wait, signal);
  }
}

/** Half or twice as much next time, so that a piece takes about a second. */
function fit(size: number, took: number): number {
  if (took < 1000) return Math.min(most, size * 2);
  return took > 4000 ? Math.max(least, size / 2) : size;
}

function send(file: File, open: Opened, size: number, signal?: AbortSignal): Promise<Response> {
  return fetch(open.at, {
    method: "PATCH",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(open.offset),
    },
    body: file.slice(open.offset, open.offset + size),
    ...(signal ? { signal } : {}),
  });
}

/** Finds the upload that was begun, or begins one. */
async function begin(file: File, url: string, key: string, signal?: AbortSignal): Promise<Opened> {
  const options = signal ? { signal } : {};
  const before = await addressOf(key);
  if (before) {
    const res = await fetch(before, { method: "HEAD", headers: { Accept: "application/json" }, ...options });
    const offset = offsetOf(res);
    if (res.ok && offset !== undefined) return { at: before, offset };
    if (res.status === 401) await refuse(res);
    if (res.status === 429 || res.status >= 500) throw new Error("not now");
    await forgetAddress(key);
  }
  const res = await fetch(url, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Upload-Length": String(file.size),
      "Upload-Name": encodeURIComponent(file.name),
    },
    ...options,
  });
  const at = res.headers.get("Location");
  if (res.status === 201 && at) {
    await keepAddress(key, at);
    return { at, offset: 0 };
  }
  if (res.status >= 500) throw new Error("not now");
  return refuse(res);
}

/** How long to wait before trying again; rejects where that helps nobody. */
async function later(res: Response, key: string): Promise<number> {
  if (res.status === 429 || res.status >= 500) {
    const seconds = Number(res.headers.get("Retry-After"));
    return seconds > 0 ? Math.min(seconds, 60) * 1000 : 2000;
  }
  if (res.status !== 401) await forget(key);
  return refuse(res);
}

async function refuse(res: Response): Promise<never> {
  let message = res.statusText || String(res.status);
  let code = "";
  try {
    const body = (await res.json()) as { error?: { message?: string; code?: string } };
    message = body.error?.message ?? message;
    code = body.error?.code ?? "";
  } catch {
    // no JSON: a proxy answered
  }
  throw new UploadError(message, res.status, code);
}

function offsetOf(res: Response): number | undefined {
  const text = res.headers.get("Upload-Offset");
  return text === null || text === "" ? undefined : Number(text);
}

function drop(at: string): void {
  void fetch(at, { method: "DELETE", headers: { Accept: "application/json" }, keepalive: true }).catch(() => undefined);
}

/** Waits, but not when the connection comes back. */
function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    signal?.addEventListener("abort", done);
  });
}
