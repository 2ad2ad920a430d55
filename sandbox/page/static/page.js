// What htmx cannot: the ticking clock, dialogs, the message field's offers, menus that close. No state lives here.
"use strict";

const byId = (id) => document.getElementById(id);
const on = (name, act, where = document) => where.addEventListener(name, act);

// ---- the clock: the server says when it was turned, the browser lets it tick
let turned = null;
const isNarrow = matchMedia("(max-width: 899px)");
function readClock() {
  const clock = byId("clock");
  if (clock) turned = { epoch: +clock.dataset.epoch, factor: +clock.dataset.factor, at: performance.now(), ...clockForm(clock) };
}
function clockForm({ dataset: { zone, locale } }) {
  const parts = { timeZone: zone, weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" };
  if (isNarrow.matches) delete parts.second;
  return { form: new Intl.DateTimeFormat(locale, parts) };
}
function tick() {
  const now = byId("now");
  if (now && turned) now.textContent = turned.form.format(turned.epoch + (performance.now() - turned.at) * turned.factor);
}

// ---- the modal: it lies over Slack alone; clock and backstage stay within reach
let before = null;
function showModal() {
  const columns = byId("columns"), view = byId("modal-view")?.dataset.view;
  if (!columns || columns.inert === Boolean(view)) return;
  if (view) before = document.activeElement;
  columns.inert = Boolean(view);
  const first = view ? document.querySelector("#modal [autofocus], #modal .modal-body :is(input, textarea, select, button)") || byId("modal-x") : before;
  if (view || document.activeElement === document.body) first?.focus({ preventScroll: !view });
}
on("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || byId("confirm")?.open || !byId("columns")?.inert) return;
  byId("modal-x")?.click(); // asks the server, which tells the app
});

// ---- confirm dialogs: the question stands in a template beside its button
on("htmx:confirm", (event) => {
  const template = byId(event.detail.elt.dataset.confirm || "");
  if (!template) return;
  event.preventDefault();
  const dialog = byId("confirm");
  dialog.replaceChildren(template.content.cloneNode(true));
  dialog.onclick = (click) => {
    const said = click.target.closest("button")?.value;
    if (!said) return;
    dialog.close();
    if (said === "confirm") event.detail.issueRequest(true);
    else if (event.detail.elt.form !== undefined) resetChoice(event.detail.elt);
  };
  dialog.showModal();
});
function resetChoice(control) {
  if (control.tagName === "SELECT") control.selectedIndex = Math.max(0, [...control.options].findIndex((o) => o.defaultSelected));
}
on("click", (event) => {
  const url = event.target.closest("[data-url]")?.dataset.url;
  if (/^https?:/.test(url || "")) window.open(url, "_blank", "noopener");
});

// ---- menus: one at a time, closed by Escape, by a click elsewhere and by a choice
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!except || !menu.contains(except)) menu.open = false;
}
on("click", (event) => closeMenus(event.target));
on("click", (event) => { if (event.target.closest("[data-menu] .menu button")) closeMenus(); });
on("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector("details[data-menu][open]");
  if (!open) return;
  event.preventDefault();
  closeMenus();
  open.querySelector("summary").focus();
});

// ---- a menu of several shows what is ticked in it, before anybody draws it again
on("change", (event) => {
  const menu = event.target.closest(".multi");
  const chips = [...(menu?.querySelectorAll("input:checked") || [])].map((box) => Object.assign(document.createElement("span"), { className: "chip", textContent: box.parentElement.textContent.trim() }));
  if (menu) menu.querySelector("summary").replaceChildren(...(chips.length ? chips : [menu.querySelector("legend").textContent]));
});

// ---- a row that somebody is choosing in is not redrawn under their hand
const held = new Map();
function isBusy(row) {
  const active = document.activeElement;
  if (row.querySelector("details[data-menu][open], form.edit")) return true;
  return row.contains(active) && ["SELECT", "INPUT", "TEXTAREA"].includes(active.tagName);
}
on("htmx:oobBeforeSwap", (event) => {
  const target = event.detail.target;
  if (!target?.matches?.("li.row") || !isBusy(target) || event.detail.elt?.dataset?.held) return;
  const row = event.detail.fragment.querySelector?.("li.row");
  if (!row) return;
  event.detail.shouldSwap = false;
  held.set(target.id, row.cloneNode(true));
});
function release() {
  for (const [id, row] of held) {
    const target = byId(id);
    if (target && isBusy(target)) continue;
    held.delete(id);
    if (!target) continue;
    row.removeAttribute("hx-swap-oob");
    target.replaceWith(row);
    htmx.process(row);
  }
}
on("focusout", () => setTimeout(release, 50));
document.addEventListener("toggle", () => setTimeout(release, 50), true); // toggle does not bubble
on("change", () => setTimeout(() => { document.activeElement?.matches("li.row select") && document.activeElement.blur(); release(); }, 400));

// ---- the message field: Enter sends, but not the Enter that ends a Japanese conversion
const lists = JSON.parse(document.body.dataset.commands ? `{"commands": ${document.body.dataset.commands}, "names": ${document.body.dataset.names}}` : '{"commands": [], "names": []}');
function offersFor(field) {
  const before = field.value.slice(0, field.selectionStart);
  if (/^\/\S*$/.test(before)) return lists.commands.filter((c) => c.name.startsWith(before)).map((c) => ({ put: `${c.name} `, from: 0, name: c.name, usage: c.usage, about: c.about }));
  const word = /(?:^|[\s(（「、。])@([^\s@]*)$/.exec(before);
  if (!word) return [];
  const typed = word[1].toLowerCase();
  return lists.names.filter((p) => `${p.name} ${p.title}`.toLowerCase().includes(typed)).slice(0, 8)
    .map((p) => ({ put: `@${p.name} `, from: before.length - word[1].length - 1, name: p.name, usage: p.title, about: "" }));
}
function showOffers(field) {
  const list = byId(field.getAttribute("aria-controls")), offers = offersFor(field);
  list.replaceChildren(...offers.map((offer, place) => {
    const item = document.createElement("li");
    item.id = `${list.id}-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(place === 0));
    for (const part of ["name", "usage", "about"]) item.appendChild(Object.assign(document.createElement("span"), { className: part, textContent: offer[part] }));
    item.onmousedown = (event) => { event.preventDefault(); put(field, offer); };
    item.offer = offer;
    return item;
  }));
  list.hidden = !offers.length;
  field.setAttribute("aria-expanded", String(!list.hidden));
  field.toggleAttribute("aria-activedescendant", false);
  if (offers.length) field.setAttribute("aria-activedescendant", `${list.id}-0`);
}
function put(field, offer) {
  field.setRangeText(offer.put, offer.from, field.selectionStart, "end");
  field.focus();
  showOffers(field);
}
function chooseOffer(field, list, key) {
  const items = [...list.children], now = items.findIndex((item) => item.ariaSelected === "true");
  if (key === "Escape") { list.hidden = true; return field.setAttribute("aria-expanded", "false"); }
  if (key === "Tab" || key === "Enter") return put(field, items[now].offer);
  const next = (now + (key === "ArrowDown" ? 1 : items.length - 1)) % items.length;
  items.forEach((item, place) => item.setAttribute("aria-selected", String(place === next)));
  field.setAttribute("aria-activedescendant", items[next].id);
}
on("keydown", (event) => {
  const field = event.target.closest?.("[data-composer] textarea");
  if (!field || event.isComposing || event.keyCode === 229) return;
  const list = byId(field.getAttribute("aria-controls"));
  const complete = list.firstElementChild?.offer?.put.trimEnd() === field.value && event.key === "Enter";
  if (!list.hidden && !complete && ["ArrowDown", "ArrowUp", "Tab", "Enter", "Escape"].includes(event.key)) {
    event.preventDefault();
    chooseOffer(field, list, event.key);
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    if (field.value.trim()) field.form.requestSubmit();
  }
});
on("input", (event) => { if (event.target.matches?.("[data-composer] textarea")) showOffers(event.target); });
on("focusout", (event) => { if (event.target.matches?.("[data-composer] textarea")) byId(event.target.getAttribute("aria-controls")).hidden = true; });
on("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  if (event.target.matches?.("[data-composer]")) { event.target.reset(); showOffers(event.target.elements.text); }
  if (event.target.matches?.("form.edit")) { event.target.remove(); release(); }
});

// ---- the stream
on("htmx:sseOpen", ({ detail: { source } }) => {
  document.body.classList.remove("cut-off");
  if (source.heard) return;
  source.heard = true;
  source.addEventListener("lost", () => location.reload());
});
on("htmx:sseError", () => document.body.classList.add("cut-off"));
function settle() {
  if (byId("clock")?.dataset.epoch !== String(turned?.epoch) || byId("clock")?.dataset.factor !== String(turned?.factor)) readClock();
  showModal();
  const steps = document.querySelector("#script .steps"), next = steps?.querySelector(".next");
  if (next) byId("script").scrollTop = Math.max(0, next.offsetTop - byId("script").offsetTop - 120);
}
on("htmx:sseMessage", settle);
on("htmx:oobAfterSwap", settle);

// ---- what a window remembers: whether the backstage is open
const backstage = byId("backstage");
if (backstage) {
  try { backstage.open = localStorage.getItem("backstage") === "open"; } catch { /* private window */ }
  backstage.addEventListener("toggle", () => { try { localStorage.setItem("backstage", backstage.open ? "open" : ""); } catch { /* private window */ } });
}
readClock();
tick();
setInterval(tick, 200);
showModal();
if (!isNarrow.matches && !byId("columns")?.inert) (byId("reply-text") || byId("compose-text"))?.focus({ preventScroll: true });
