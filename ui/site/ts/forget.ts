// Forgets what ads left in the browser of somebody who reads without them. site.ts
// loads it once the site says that he does; nobody else's browser ever has it.

/** What ads.ts remembers: which were closed, and how often which was shown. */
function forget(where: () => Storage): void {
  try {
    const kept = where();
    for (const key of Object.keys(kept)) if (/^(ad-|offer\d)/.test(key)) kept.removeItem(key);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

[() => sessionStorage, () => localStorage].forEach(forget);
// What he agreed to or refused was about ads alone.
const choice = "__Host-warta-consent=";
if (document.cookie.includes(choice)) document.cookie = choice + ";Path=/;Secure;Max-Age=0";
