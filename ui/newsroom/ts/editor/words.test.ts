import { test } from "node:test";
import assert from "node:assert/strict";
import { findDates, houseDate, mismatches, offerDate, weekdayOf } from "./dates";
import { headlineCase, lengthOf } from "./headline";
import { countWords, readingMinutes } from "./count";
import { asLink, providerOf, safeLink, storyOf } from "./links";
import { blocksOfText } from "./plaintext";
import { canon, plain, type NodeJSON } from "./json";
import { fill } from "./desk";
import { quoteFor } from "./quotes";

test("dates are offered in the house's form, without leading zeros", () => {
  const offer = (s: string): string | undefined => offerDate(s)?.text;
  assert.equal(offer("Ia tiba pada 7/1/2022"), "Jumat (7/1/2022)");
  assert.equal(offer("Ia tiba pada 07/01/2022"), "Jumat (7/1/2022)");
  assert.equal(offer("pada 7 Januari 2022"), "Jumat (7/1/2022)");
  assert.equal(offer("pada 7 Jan 2022"), "Jumat (7/1/2022)");
  assert.equal(offer("pada Jumat, 7 Januari 2022"), "Jumat (7/1/2022)");
  assert.equal(offer("pada Jumat (07/01/2022)"), "Jumat (7/1/2022)");
  assert.deepEqual(offerDate("pada (7/1/2022)")?.text, "Jumat (7/1/2022)");
  assert.equal(offer("pada Jumat (7/1/2022)"), undefined);
  assert.equal(offer("pada Jumat (7/1/2022"), undefined);
  assert.equal(offer("pada 31/2/2022"), undefined);
  assert.equal(offer("pada 7/1/2022, lalu"), undefined);
  assert.equal(offer("nomor 12/7/1/2022"), undefined);
});

test("the offer covers the date and the weekday before it", () => {
  const o = offerDate("tiba Jumat, 7/1/2022")!;
  assert.equal("tiba Jumat, 7/1/2022".slice(o.from, o.to), "Jumat, 7/1/2022");
});

test("a weekday that its date does not have is found", () => {
  assert.deepEqual(mismatches("Pada Kamis (7/1/2022) dan Jumat (7/1/2022)"), [{ from: 5, to: 10, said: "Kamis", right: "Jumat", date: "7/1/2022" }]);
  assert.equal(mismatches("Minggu, 9 Januari 2022").length, 0);
  assert.equal(mismatches("Ahad, 9 Januari 2022").length, 0);
  assert.equal(mismatches("Jum'at (7/1/2022)").length, 0);
  assert.equal(mismatches("senin, 8 Januari 2022").length, 1);
});

test("weekdays are the calendar's", () => {
  assert.equal(weekdayOf(2024, 2, 29), "Kamis");
  assert.equal(weekdayOf(2023, 2, 29), "");
  assert.equal(houseDate(2026, 11, 24), "Selasa (24/11/2026)");
  assert.equal(findDates("1/13/2022").length, 0);
});

test("headline case leaves small words low, keeps acronyms and capitalises the first word", () => {
  const cases: Record<string, string> = {
    "harga cabai turun di pasar induk dan pasar lain": "Harga Cabai Turun di Pasar Induk dan Pasar Lain",
    "di balik angka yang tak pernah turun": "Di Balik Angka yang Tak Pernah Turun",
    "KPK periksa saksi untuk kasus e-KTP": "KPK Periksa Saksi untuk Kasus e-KTP",
    "anak-anak pulang ke rumah dengan sayur-mayur": "Anak-Anak Pulang ke Rumah dengan Sayur-mayur",
    "menteri: dari sini kita mulai": "Menteri: Dari Sini Kita Mulai",
    "HARGA BERAS NAIK DI JAKARTA": "Harga Beras Naik di Jakarta",
    "KPK OTT DPR": "KPK OTT DPR",
    "“dan kita menang”, kata pelatih": "“Dan Kita Menang”, Kata Pelatih",
    "5G hadir pada 2026": "5G Hadir pada 2026",
  };
  for (const [typed, want] of Object.entries(cases)) {
    assert.equal(headlineCase(typed), want);
    assert.equal(headlineCase(want), want, "twice changes nothing");
  }
  assert.equal(lengthOf(" Élan 👍 "), 6);
});

test("words and minutes are counted", () => {
  assert.equal(countWords("Harga cabai – naik 12,5 persen … di Anak-anak's"), 7);
  assert.equal(readingMinutes(0), 0);
  assert.equal(readingMinutes(1), 1);
  assert.equal(readingMinutes(900), 5);
});

test("addresses follow the server's rules", () => {
  for (const ok of ["https://a.id/x?y=1#z", "http://a.id", "/nasional/1", "mailto:a@b.id", "tel:+62812"]) assert.ok(safeLink(ok), ok);
  for (const bad of ["", "javascript:alert(1)", "//a.id", "https://a b", "https://u:p@a.id/", "data:text/html,x", "https://a.id/%zz", "https:///x", "mailto:", "https://a.id/<b>", "x.html"])
    assert.ok(!safeLink(bad), bad);
  assert.equal(asLink("kabar.id/x y"), "https://kabar.id/x%20y");
  assert.equal(asLink("redaksi@kabar.id"), "mailto:redaksi@kabar.id");
  assert.equal(asLink("javascript:alert(1)"), null);
  assert.equal(providerOf("https://youtu.be/abc"), "youtube");
  assert.equal(providerOf("https://x.com/a/status/1"), "x");
  assert.equal(providerOf("https://example.org/"), "generic");
  assert.equal(providerOf("http://youtu.be/abc"), null);
  assert.equal(providerOf("https://youtu.be:8443/abc"), null);
  assert.equal(storyOf("https://kabar.id/nasional/2026/11/24/55/judul", "kabar.id"), 55);
  assert.equal(storyOf("/nasional/pemilu/2026/11/24/55", "kabar.id"), 55);
  assert.equal(storyOf("https://lain.id/nasional/2026/11/24/55/judul", "kabar.id"), 0);
});

const shape = (b: NodeJSON): string => b.type + ":" + plain(b) + (JSON.stringify(b).match(/"(strong|em|strike|link)"/g) ?? []).join("");

test("messages become paragraphs with marks", () => {
  const blocks = blocksOfText("*Jakarta* – _Warga_ ~lama~ baru\r\n\r\nHarga 5*3 dan snake_case_name\nlihat https://a.id/x_y_z.");
  assert.deepEqual(blocks.map(shape), ['paragraph:Jakarta – Warga lama baru"strong""em""strike"', "paragraph:Harga 5*3 dan snake_case_name", 'paragraph:lihat https://a.id/x_y_z."link"']);
});

test("marks stand inside each other", () => {
  const [b] = blocksOfText("*tebal _dan miring_*");
  assert.deepEqual(canon(b!).content, [
    { type: "text", marks: [{ type: "strong" }], text: "tebal " },
    { type: "text", marks: [{ type: "strong" }, { type: "em" }], text: "dan miring" },
  ]);
});

test("lines with bullets and numbers become lists", () => {
  const blocks = blocksOfText("Tiga hal:\n- satu\n- dua\n1. pertama\n2. kedua\n* tiga\n*tebal* saja");
  assert.deepEqual(blocks.map((b) => b.type), ["paragraph", "bullet_list", "ordered_list", "bullet_list", "paragraph"]);
  assert.equal(blocks[1]!.content!.length, 2);
});

test("control characters and halves of characters are taken out", () => {
  assert.equal(plain(canon({ type: "paragraph", content: [{ type: "text", text: "a\u0000b\u0085c\ud800" }] })), "abc\ufffd");
});

test("the canonical form is the server's", () => {
  const made = canon({
    type: "paragraph",
    attrs: { id: "aaaaaaa1" },
    content: [
      { type: "text", text: "a", marks: [{ type: "em" }, { type: "strong" }] },
      { type: "text", text: "b", marks: [{ type: "strong" }, { type: "em" }] },
      { type: "hard_break", marks: [{ type: "em" }] },
      { type: "text", text: "c", marks: [{ type: "link", attrs: { href: "javascript:x" } }] },
    ],
  });
  assert.equal(JSON.stringify(made), '{"type":"paragraph","attrs":{"id":"aaaaaaa1"},"content":[{"type":"text","marks":[{"type":"strong"},{"type":"em"}],"text":"ab"},{"type":"hard_break"},{"type":"text","text":"c"}]}');
  const table = canon({ type: "table", attrs: { id: "aaaaaaa1", caption: "" }, content: [{ type: "table_row", content: [{ type: "table_cell", attrs: { colspan: 1, rowspan: 2, colwidth: [3] }, content: [{ type: "paragraph", attrs: { id: "x" } }] }] }] });
  assert.equal(JSON.stringify(table), '{"type":"table","attrs":{"id":"aaaaaaa1"},"content":[{"type":"table_row","content":[{"type":"table_cell","attrs":{"rowspan":2},"content":[{"type":"paragraph"}]}]}]}');
});

test("quotation marks open after white space and brackets and close elsewhere", () => {
  let text = "";
  for (const c of `"Ia 'pergi'," katanya ("ya"). Jum'at`) text += c === '"' || c === "'" ? quoteFor(c, text) : c;
  assert.equal(text, "“Ia ‘pergi’,” katanya (“ya”). Jum’at");
});

test("placeholders and plurals of the texts are filled in", () => {
  assert.equal(fill("{n} {n|word|words} of {name}", { n: 1, name: "A" }, "en"), "1 word of A");
  assert.equal(fill("{n} {n|kata|kata}", { n: 12345 }, "id"), "12.345 kata");
});
