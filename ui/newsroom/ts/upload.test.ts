// An upload keeps its address until the whole answer is there.

import { test } from "node:test";
import assert from "node:assert/strict";
import { upload } from "./upload";

/** What a server that loses one answer is asked. */
async function asked(answers: (() => Response)[]): Promise<string[]> {
  const list: string[] = [];
  Object.assign(globalThis, {
    document: { querySelector: () => null },
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    fetch: async (_at: string, init: RequestInit) => {
      const offset = new Headers(init.headers).get("Upload-Offset");
      list.push(offset === null ? (init.method ?? "") : `${init.method ?? ""} from ${offset}`);
      const next = answers.shift();
      if (!next) throw new Error("nothing more is expected");
      return next();
    },
  });
  const p = await upload(new File(["gambar"], `${Math.random()}.jpg`, { lastModified: 1 }), "/newsroom/uploads", () => undefined);
  assert.equal(p.id, 7);
  return list;
}

const begun = (): Response => new Response(null, { status: 201, headers: { Location: "/newsroom/uploads/a" } });
const at = (offset: string): (() => Response) => () => new Response(null, { headers: { "Upload-Offset": offset } });
const picture = (): Response => Response.json({ id: 7 });

test("an answer that breaks off is asked for again, and nothing is sent twice", async () => {
  const cut = (): Response => new Response(new ReadableStream({ start: (c) => c.error(new TypeError("network")) }), { status: 200 });
  assert.deepEqual(await asked([begun, cut, at("6"), picture]), ["POST", "PATCH from 0", "HEAD", "PATCH from 6"]);
});

test("a server that is busy does not make it begin anew", async () => {
  const broken = (): Response => {
    throw new TypeError("network");
  };
  const busy = (): Response => new Response(null, { status: 429 });
  assert.deepEqual(await asked([begun, broken, busy, at("3"), picture]), ["POST", "PATCH from 0", "HEAD", "HEAD", "PATCH from 3"]);
});

test("what the server has forgotten begins anew", async () => {
  const gone = (): Response => new Response(null, { status: 404 });
  assert.deepEqual(await asked([begun, gone, begun, picture]), ["POST", "PATCH from 0", "POST", "PATCH from 0"]);
});
