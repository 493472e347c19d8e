// The one small question by which a page learns who is there.

/** What the answer says. */
export interface Me {
  name: string | null;
  id?: string;
  muted?: string[]; // whose comments are folded away
  said?: Record<string, string>; // reactions, by comment
  waiting?: { id: string; html: string; message: string }[]; // own comments that nobody else sees
}

/** Asks, and says below which story the page has a discussion. */
export async function ask(): Promise<Me | null> {
  const story = document.querySelector<HTMLElement>("[data-talk]")?.dataset.talk;
  return (await (await fetch(story ? `/me?story=${story}` : "/me")).json()) as Me;
}
