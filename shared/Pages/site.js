// What script adds to pages that work without it. Each part looks for its own data attribute.
"use strict";

// A button to print needs script; without it there is the browser's menu.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A page that waits for work in the background looks again by itself; without script its link does.
if (document.querySelector("[data-reload]")) setTimeout(() => location.reload(), 3000);

// Finding a pupil by typing: what is typed is posted, so that no part of a name stands in an address.
for (const form of document.querySelectorAll("[data-find]")) {
  form.hidden = false;
  const input = form.querySelector("input[type=search]");
  const list = form.querySelector("[data-find-list]");
  const state = form.querySelector("[data-find-state]");
  let waiting, asked = 0;

  const show = (found) => {
    list.replaceChildren(...found.map((pupil) => {
      const button = document.createElement("button");
      button.className = "quiet";
      button.name = "pupil";
      button.value = pupil.reference;
      button.dir = "auto";
      button.textContent = pupil.name;
      const place = document.createElement("small");
      place.textContent = pupil.class;
      button.append(place);
      const line = document.createElement("li");
      line.append(button);
      return line;
    }));
    state.textContent = input.value.trim() === "" ? "" : found.length === 0 ? form.dataset.none : form.dataset.found.replace("{0}", found.length);
    state.classList.toggle("hidden-words", found.length > 0 || input.value.trim() === "");
  };

  const find = async () => {
    const turn = ++asked;
    if (input.value.trim() === "") return show([]);
    const body = new URLSearchParams(new FormData(form));
    body.set("name", input.value);
    const answer = await fetch(form.dataset.find, { method: "POST", body });
    if (answer.ok && turn === asked) show(await answer.json());
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, 200);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
    const first = list.querySelector("button");
    if (event.key !== "ArrowDown" || !first) return;
    // An answer still on its way would take the list away from under the finger.
    clearTimeout(waiting);
    asked++;
    first.focus();
  });
}

// A form's draft stays on this device until it is sent, under a random name; one left behind goes after half a day.
const drafts = "schoolsignal draft ";
const draftLife = 12 * 60 * 60 * 1000;

const forgetDrafts = (isOver) => {
  try {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(drafts)))
      if (isOver(JSON.parse(localStorage.getItem(key)))) localStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
};

forgetDrafts((draft) => !(Date.now() - draft?.at < draftLife));
if (document.querySelector("[data-clear-drafts]")) forgetDrafts(() => true);

for (const form of document.querySelectorAll("form.items[data-draft]")) {
  const key = drafts + form.dataset.draft;
  const state = form.querySelector("[data-draft-state]");
  const kept = [...form.querySelectorAll("input[type=radio], textarea, input[type=date]")];

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };

  const keep = () => {
    const fields = {};
    for (const field of kept) if (field.type !== "radio" || field.checked) fields[field.name] = field.value;
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields }));
      state.textContent = form.dataset.draftKept;
    } catch {
      state.textContent = "";
    }
  };

  // What the server sends back goes before what lies here.
  const isFresh = !kept.some((field) => field.type === "radio" ? field.checked : field.type === "textarea" && field.value !== "");
  const draft = isFresh ? read() : null;
  if (draft) {
    for (const field of kept) {
      if (!(field.name in draft.fields)) continue;
      if (field.type === "radio") field.checked = field.value === draft.fields[field.name];
      else field.value = draft.fields[field.name];
    }
    state.textContent = form.dataset.draftKept;
  }
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
}

// After a refused form, the list of what is wrong is where reading goes on.
document.querySelector("[data-focus]")?.focus();
