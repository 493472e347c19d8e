// Typographic signs in place of those on the keyboard. Indonesian and English
// share their quotation marks.

const OPENS = /(?:^|[\s(\[{<“‘–—/])$/;

/** The quotation mark for a key, by what stands before it. */
export function quoteFor(key: '"' | "'", before: string): string {
  const opens = OPENS.test(before);
  if (key === '"') return opens ? "“" : "”";
  return opens ? "‘" : "’";
}
