// The editor of a story: the page's plain form becomes a paper to write on.

import { Desk } from "./editor/desk";
import { defineElements } from "./editor/fields";
import { Page } from "./editor/page";

const root = document.querySelector<HTMLElement>("[data-story][data-draft-url]");
defineElements();
if (root) new Page(new Desk(root));
