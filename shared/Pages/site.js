// What script adds to pages that work without it. Each part looks for its own data attribute.
"use strict";

// A button to print needs script; without it there is the browser's menu.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
