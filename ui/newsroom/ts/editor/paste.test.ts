import { test } from "node:test";
import assert from "node:assert/strict";
import { blocksOf, quieted, type Item } from "./pastehtml";
import { canon, plain, type NodeJSON } from "./json";
import { schema } from "./schema";

interface El extends Item {
  childNodes: El[];
  attrs: Record<string, string>;
}

const VOID = new Set(["BR", "HR", "IMG", "META", "INPUT"]);

/** A reader of well-formed HTML, enough for what stands in this file. */
function parse(html: string): El {
  const make = (nodeType: number, nodeName: string, nodeValue: string | null, attrs: Record<string, string> = {}): El => ({
    nodeType, nodeName, nodeValue, childNodes: [], attrs, getAttribute: (n: string) => attrs[n] ?? null,
  });
  const root = make(1, "BODY", null);
  const stack = [root];
  for (const m of html.matchAll(/<!--[\s\S]*?-->|<\/([\w:]+)>|<([\w:]+)((?:\s+[\w:-]+="[^"]*")*)\s*>|([^<]+)/g)) {
    const top = stack[stack.length - 1]!;
    if (m[4]) top.childNodes.push(make(3, "#text", m[4].replace(/&nbsp;/g, "\u00a0").replace(/&lt;/g, "<")));
    else if (m[1]) stack.pop();
    else if (m[2]) {
      const attrs: Record<string, string> = {};
      for (const a of m[3]!.matchAll(/([\w:-]+)="([^"]*)"/g)) attrs[a[1]!] = a[2]!;
      const el = make(1, m[2].toUpperCase(), null, attrs);
      top.childNodes.push(el);
      if (!VOID.has(el.nodeName)) stack.push(el);
    } else top.childNodes.push(make(8, "#comment", m[0]));
  }
  return root;
}

const paste = (html: string): NodeJSON[] => {
  const { blocks } = blocksOf(parse(html));
  for (const b of blocks) schema.nodeFromJSON(canon(b)).check();
  return blocks;
};

/** A block in short: its kind, its text, its marks. */
const short = (b: NodeJSON): string => {
  const inner = (n: NodeJSON): string =>
    n.type === "text" ? (n.marks ?? []).reduce((s, m) => `${m.type[0]!}(${s})`, n.text!) : n.type === "hard_break" ? "/" : (n.content ?? []).map((c) => (c.type === "text" || c.type === "hard_break" ? inner(c) : `[${inner(c)}]`)).join("");
  return b.type + " " + inner(b);
};
const shorts = (html: string): string[] => paste(html).map(short);

test("scripts, styles, classes, pictures and controls are gone", () => {
  const blocks = paste(
    `<meta charset="utf-8"><style>p{color:red}</style><script>alert(1)</script><p class="x" style="color:red" onclick="x()">Teks <img src="x" onerror="alert(1)"><span class="y">biasa</span></p><iframe src="https://x"></iframe><button>Klik</button><!-- mati --><p hidden="">tak tampak</p>`,
  );
  assert.deepEqual(blocks, [{ type: "paragraph", content: [{ type: "text", text: "Teks " }, { type: "text", text: "biasa" }] }]);
  assert.ok(!/script|color|class|onerror|alert/.test(JSON.stringify(blocks)));
});

test("Google Docs: its wrapper is not bold, its spans are", () => {
  assert.deepEqual(
    shorts(
      `<b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:400;font-style:normal">Biasa </span><span style="font-weight:700">tebal </span><span style="font-style:italic">miring</span></p><br><h2><span style="font-weight:400">Sub</span></h2><ul><li><p><span>satu</span></p></li><ul><li><p><span>dalam</span></p></li></ul></ul><p><a href="https://www.google.com/url?q=https://kabar.id/a%3Fb&sa=D"><span style="text-decoration:underline">tautan</span></a></p></b>`,
    ),
    ["paragraph Biasa s(tebal )e(miring)", "heading Sub", "bullet_list [[satu][[[dalam]]]]", "paragraph l(tautan)"],
  );
});

test("Word: paragraphs with list marks become lists with levels", () => {
  const li = (level: number, sign: string, text: string): string =>
    `<p class="MsoListParagraph" style="margin-left:36pt;mso-list:l0 level${level} lfo1"><span style="mso-list:Ignore">${sign}<span style="font:7pt">&nbsp;&nbsp; </span></span>${text}<o:p></o:p></p>`;
  assert.deepEqual(shorts(`<h1>Judul Besar<o:p></o:p></h1>${li(1, "·", "satu")}${li(2, "o", "dalam")}${li(1, "·", "dua")}${li(1, "1.", "nomor")}<p class="MsoNormal"><b style="mso-bidi-font-weight:normal">Tebal</b>&nbsp;biasa<o:p>&nbsp;</o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>`), [
    "heading Judul Besar",
    "bullet_list [[satu][[[dalam]]]][[dua]]",
    "ordered_list [[nomor]]",
    "paragraph s(Tebal) biasa",
  ]);
});

test("line breaks: one stays, two make a paragraph", () => {
  assert.deepEqual(shorts("<div>satu<br>dua<br><br>tiga<br></div><div><br></div><div>empat</div>"), ["paragraph satu/dua", "paragraph tiga", "paragraph empat"]);
});

test("white space is that of the page, not of the source", () => {
  assert.deepEqual(shorts("<p>\n   Harga\n   <b>naik</b>\n   lagi  </p>\n\n<p>&nbsp;</p>"), ["paragraph Harga s(naik) lagi"]);
});

test("links keep their address only if it leads somewhere safe", () => {
  assert.deepEqual(shorts(`<p><a href="javascript:alert(1)">a</a> <a href="/lokal">b</a> <a href="https://kabar.id/x">c</a> <a href="data:text/html,x">d</a></p>`), ["paragraph a b l(c) d"]);
});

test("tables of figures stay tables, tables that set out a page do not", () => {
  assert.deepEqual(shorts("<table><caption>Harga</caption><thead><tr><th>Kota</th><th>Rp</th></tr></thead><tbody><tr><td><p>Bogor</p></td><td>1<br>2</td></tr></tbody></table>"), ["table [[[Kota]][[Rp]]][[[Bogor]][[1/2]]]"]);
  assert.deepEqual(shorts("<table><tr><td><p>satu</p><p>dua</p></td></tr></table>"), ["paragraph satu", "paragraph dua"]);
});

test("quotes hold paragraphs, lists are at most three deep", () => {
  assert.deepEqual(shorts("<blockquote><h3>a</h3><p>b</p></blockquote><hr><p>c</p>"), ["blockquote [a][b]", "horizontal_rule ", "paragraph c"]);
  const deep = paste("<ul><li>1<ul><li>2<ul><li>3<ul><li>4<ul><li>5</li></ul></li></ul></li></ul></li></ul></li></ul>");
  const depth = (n: NodeJSON): number => (n.type === "bullet_list" ? 1 : 0) + Math.max(0, ...(n.content ?? []).map(depth));
  assert.equal(depth(deep[0]!), 3);
  assert.equal(plain(deep[0]!).replace(/\s+/g, ""), "12345");
});

test("a page that is too deep or too large ends, and says so", () => {
  const el = (childNodes: El[]): El => ({ nodeType: 1, nodeName: "DIV", nodeValue: null, childNodes, attrs: {}, getAttribute: () => null });
  const words = (): El => ({ nodeType: 3, nodeName: "#text", nodeValue: "kata", childNodes: [], attrs: {} });
  let deep = el([words()]);
  for (let i = 0; i < 5000; i++) deep = el([deep]);
  assert.ok(blocksOf(deep).cut);
  const wide = blocksOf(el(Array.from({ length: 200_000 }, () => el([words()]))));
  assert.ok(wide.cut && wide.blocks.length <= 2000);
  const long = blocksOf(el([{ ...words(), nodeValue: "kata ".repeat(400_000) }, words()]));
  assert.ok(long.cut);
  assert.equal(long.blocks.map(plain).join("").length, 499_999);
});

test("looks and handlers are renamed, whatever the tags are", () => {
  assert.equal(quieted(`<p class="x" style="color:red" ONCLICK = "a()">style=1</p>`), `<p class="x" data-style="color:red" data-ONCLICK= "a()">style=1</p>`);
  assert.equal(quieted("<style><!-- p{} --></style><stylex>"), "<noframes><!-- p{} --></noframes><stylex>");
  const open = "<a style=x ".repeat(400_000);
  const at = performance.now();
  assert.equal(quieted(open), open);
  assert.ok(performance.now() - at < 5000);
});
