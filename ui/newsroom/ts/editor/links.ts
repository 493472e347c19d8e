// Addresses: which a link may have, and whose embed one is. The same rules as
// on the server, so that a save is never refused for a pasted address.

/** The services whose posts and videos become embeds. */
export type Provider = "youtube" | "x" | "instagram" | "tiktok" | "facebook" | "spotify" | "generic";

const HOSTS: Record<string, Provider> = {
  "www.youtube.com": "youtube", "youtube.com": "youtube", "m.youtube.com": "youtube", "youtu.be": "youtube",
  "www.youtube-nocookie.com": "youtube", "youtube-nocookie.com": "youtube",
  "x.com": "x", "www.x.com": "x", "twitter.com": "x", "www.twitter.com": "x", "mobile.twitter.com": "x",
  "www.instagram.com": "instagram", "instagram.com": "instagram",
  "www.tiktok.com": "tiktok", "tiktok.com": "tiktok", "m.tiktok.com": "tiktok", "vm.tiktok.com": "tiktok", "vt.tiktok.com": "tiktok",
  "www.facebook.com": "facebook", "facebook.com": "facebook", "m.facebook.com": "facebook", "web.facebook.com": "facebook", "fb.watch": "facebook",
  "open.spotify.com": "spotify",
};

const NAMES: Record<Provider, string> = {
  youtube: "YouTube", x: "X", instagram: "Instagram", tiktok: "TikTok", facebook: "Facebook", spotify: "Spotify", generic: "",
};

const FORBIDDEN = /[\s\u0000-\u001f\u007f-\u009f\ufffd\\<>"`{}|^]/;
const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/;

function plainAddress(s: string): boolean {
  return s !== "" && s.length <= 2048 && new TextEncoder().encode(s).length <= 2048 && !FORBIDDEN.test(s) && !BAD_ESCAPE.test(s);
}

function webAddress(s: string): URL | null {
  if (!plainAddress(s) || !/^https?:\/\/[^/?#@]+(?:[/?#]|$)/i.test(s)) return null;
  try {
    const u = new URL(s);
    return u.hostname && !u.username && !u.password ? u : null;
  } catch {
    return null;
  }
}

/** Whether a link may have this address: the web, mail, telephone, or a path of this site. */
export function safeLink(href: string): boolean {
  if (!plainAddress(href)) return false;
  if (href.startsWith("/")) return !href.startsWith("//");
  return webAddress(href) !== null || /^(mailto|tel):[^/?#]+/i.test(href);
}

/** What somebody typed or pasted as an address, made into one that a link may have; null if it cannot be. */
export function asLink(typed: string): string | null {
  const s = typed.trim().replace(/\s+/g, "%20").replace(/[\\<>"`{}|^]/g, (c) => encodeURIComponent(c)).replace(BAD_ESCAPE, "%25");
  if (safeLink(s)) return s;
  if (/^[^@\s/]+@[^@\s/]+\.[a-z]{2,}$/i.test(s) && safeLink("mailto:" + s)) return "mailto:" + s;
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(:\d+)?([/?#].*)?$/i.test(s) && safeLink("https://" + s)) return "https://" + s;
  return null;
}

/** The service that an address belongs to; null if no embed may have it. */
export function providerOf(address: string): Provider | null {
  const u = webAddress(address);
  if (!u || u.protocol !== "https:" || /^https:\/\/[^/?#]*:/i.test(address)) return null;
  return HOSTS[u.hostname.toLowerCase()] ?? "generic";
}

/** The service's name as people write it, or the host of any other. */
export function providerName(provider: string, address: string): string {
  const name = NAMES[provider as Provider];
  if (name) return name;
  return webAddress(address)?.hostname.replace(/^www\./, "") ?? address;
}

/** The number of the story of this site that an address leads to; 0 if it is none. */
export function storyOf(address: string, host: string): number {
  const path = address.startsWith("/") ? address : webAddress(address)?.host === host ? webAddress(address)!.pathname : "";
  const m = /^\/(?:[^/]+\/)+\d{4}\/\d{2}\/\d{2}\/(\d{1,15})(?:\/|$)/.exec(path);
  return m ? Number(m[1]) : 0;
}
