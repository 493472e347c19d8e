// The one small question by which a page learns who is there.

/** What the answer says. */
export interface Me {
  name: string | null;
  kept?: string[]; // of the things asked about, those on the shelf
  forget?: string; // the script that forgets what ads left here
  id?: string;
  muted?: string[]; // whose comments are folded away
  said?: Record<string, string>; // reactions, by comment
  waiting?: { id: string; html: string; message: string }[]; // own comments that nobody else sees
}

/** Asks, and says below which story the page has a discussion, and about which
 *  things it has to know whether they are kept. */
export async function ask(items: string[]): Promise<Me | null> {
  const query = new URLSearchParams();
  if (items.length) query.set("of", items.join(","));
  const story = document.querySelector<HTMLElement>("[data-talk]")?.dataset.talk;
  if (story) query.set("story", story);
  return (await (await fetch(query.size ? `/me?${query}` : "/me")).json()) as Me;
}
