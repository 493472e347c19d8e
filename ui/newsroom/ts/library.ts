// The library: pictures are sent by dropping, pasting or choosing them, with
// progress; the focal point is set on the picture, and the crops follow it. The
// pages work without it by plain forms.
import { watchFocal } from "./library/focal";
import { watchUploads } from "./library/queue";

for (const form of document.querySelectorAll<HTMLFormElement>("[data-upload]")) watchUploads(form);
for (const box of document.querySelectorAll<HTMLElement>("[data-focal]")) watchFocal(box);
