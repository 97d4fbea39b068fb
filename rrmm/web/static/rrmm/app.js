// What every staff page shares: keys, dialogs, toasts, running times, focus after a swap.
// A page takes part by attributes alone: data-key="c" on a button or link, data-opens="id" on a
// button, data-since / data-until on a time, data-row on a line that J and K reach.

const body = document.body
const letters = () => body.dataset.shortcuts === "on"
const seen = element => element && !element.disabled && element.getClientRects().length > 0
const typing = target => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")

// --- dialogs and menus ---------------------------------------------------------------------------
document.addEventListener("click", event => {
  const opener = event.target.closest("[data-opens]")
  if (opener) { event.preventDefault(); open(opener.dataset.opens) }
  const closer = event.target.closest("[data-closes]")
  if (closer) { event.preventDefault(); closer.closest("dialog")?.close() }
  if (event.target.matches?.("dialog")) event.target.close()
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target) || opener) menu.open = false
})

for (const dialog of document.querySelectorAll("dialog[open]")) { dialog.close(); dialog.showModal() }

export function open(id) {
  const dialog = document.getElementById(id)
  if (!dialog || dialog.open) return
  if (id === "keys") listKeys()
  dialog.showModal()
  dialog.querySelector("[autofocus]")?.focus()
}

// --- toasts: done, with undo, ten seconds, waiting while one looks at it -----------------------------
const STAYS = 10000
const pattern = document.getElementById("toast")

export function toast(text, undo) {
  const place = document.getElementById("toasts")
  if (!place || !pattern) return
  const made = pattern.content.firstElementChild.cloneNode(true)
  made.querySelector(".toast-text").textContent = text
  if (undo) { const form = made.querySelector("form"); form.action = undo; form.hidden = false }
  place.replaceChildren(made)
  let left = STAYS, started = performance.now(), timer = setTimeout(() => made.remove(), left)
  const hold = () => { clearTimeout(timer); left -= performance.now() - started }
  const go = () => { clearTimeout(timer); started = performance.now(); timer = setTimeout(() => made.remove(), Math.max(left, 1500)) }
  made.addEventListener("pointerenter", hold)
  made.addEventListener("pointerleave", () => { if (!made.contains(document.activeElement)) go() })
  made.addEventListener("focusin", hold)
  made.addEventListener("focusout", event => { if (!made.contains(event.relatedTarget)) go() })
  made.querySelector("[data-dismiss]").addEventListener("click", () => { clearTimeout(timer); made.remove() })
}

function waitingToasts(root) {
  for (const waiting of root.querySelectorAll("template.toast-waiting")) { toast(waiting.dataset.text, waiting.dataset.undo); waiting.remove() }
}
waitingToasts(document)
body.addEventListener("toast", event => toast(event.detail.text, event.detail.undo))

// --- running times ---------------------------------------------------------------------------------
// Spans read as the server writes them (4 s, 28 min, 1 h 07, 3 d); the page brings the unit words.
const units = {s: "s", min: "min", h: "h", d: "d", ...body.dataset}
export function span(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} ${units.s}`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} ${units.min}`
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} ${units.h} ${String(Math.floor(seconds % 3600 / 60)).padStart(2, "0")}`
  return `${Math.floor(seconds / 86400)} ${units.d}`
}
const countdown = seconds => seconds < 600 ? `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}` : span(seconds)
const say = (element, text) => { if (element.textContent !== text) element.textContent = text }

let ahead = 0 // the server's clock minus this computer's, in milliseconds
function readClock() {
  const clock = document.querySelector("[data-clock]")
  if (clock) ahead = Date.parse(clock.dataset.clock || clock.dateTime) - Date.now()
}
readClock()
function tick() {
  if (document.hidden) return
  const now = Date.now() + ahead
  for (const e of document.querySelectorAll("[data-clock]")) say(e, new Date(now).toISOString().slice(11, 19))
  for (const e of document.querySelectorAll("[data-since]")) say(e, span(Math.max(0, (now - Date.parse(e.dataset.since)) / 1000)))
  for (const e of document.querySelectorAll("[data-until]")) {
    const left = Math.max(0, (Date.parse(e.dataset.until) - now) / 1000)
    say(e, countdown(left))
    if (left === 0 && !e.dataset.over) { e.dataset.over = "1"; e.dispatchEvent(new CustomEvent("time-over", {bubbles: true})) }
  }
}
setInterval(tick, 1000)

// --- keys ------------------------------------------------------------------------------------------
const byKey = key => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)]
const rows = () => [...document.querySelectorAll(".row, [data-row]")].filter(seen)
let going = 0

function press(element) {
  if (element.matches("input, textarea, select")) { element.focus(); element.select?.() } else element.click()
}

function walk(step) {
  const all = rows()
  if (!all.length) return
  const at = all.indexOf(document.activeElement.closest?.(".row, [data-row]"))
  const current = at < 0 ? all.findIndex(row => row.hasAttribute("aria-current")) : at
  const next = all[current < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(current + step, 0), all.length - 1)]
  next.focus()
  next.scrollIntoView({block: "nearest"})
}

document.addEventListener("keydown", event => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  if (key === "Escape") return back(event)
  if (!letters() || typing(event.target) || document.querySelector("dialog[open]")) return
  if (going > performance.now()) {
    going = 0
    const place = document.querySelector(`[data-goto="${CSS.escape(key)}"]`)
    if (place) { event.preventDefault(); place.click() }
    return
  }
  if (key === "g") { going = performance.now() + 1500; return }
  if (key === "j" || key === "k") { event.preventDefault(); return walk(key === "j" ? 1 : -1) }
  if (key === "?") { event.preventDefault(); return open("keys") }
  const found = byKey(key).find(seen)
  if (found) { event.preventDefault(); press(found) }
})

function back(event) {
  const menu = document.querySelector("details.menu[open]")
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); return }
  if (document.querySelector("dialog[open]")) return
  if (typing(event.target)) { event.target.blur(); return }
  const way = byKey("Escape").find(seen)
  if (way && letters()) { event.preventDefault(); press(way) }
}

// The dialog lists what this page really answers to.
function listKeys() {
  const list = document.getElementById("key-list")
  if (!list) return
  const names = list.dataset, lines = []
  if (rows().length) lines.push(["J", names.next], ["K", names.previous], ["Enter", names.open])
  const done = new Set(["?"])
  for (const element of document.querySelectorAll("[data-key]")) {
    const key = element.dataset.key
    if (done.has(key) || (!seen(element) && !element.closest("details.menu"))) continue
    done.add(key)
    lines.push([key === "Escape" ? "Esc" : key.toUpperCase(), key === "/" ? names.find : key === "Escape" ? names.back : label(element)])
  }
  for (const place of document.querySelectorAll("a[data-goto]")) lines.push([`G ${place.dataset.goto.toUpperCase()}`, names.goto.replace("%s", place.textContent.trim())])
  lines.push(["?", names.help])
  list.replaceChildren(...lines.flatMap(([key, what]) => {
    const term = document.createElement("dt"), text = document.createElement("dd")
    for (const part of key.split(" ")) { const mark = document.createElement("kbd"); mark.textContent = part; term.append(mark, " ") }
    text.textContent = what
    return [term, text]
  }))
}
function label(element) {
  const named = element.getAttribute("aria-label") || element.title
  if (named) return named
  const copy = element.cloneNode(true)
  for (const mark of copy.querySelectorAll("kbd, svg")) mark.remove()
  return copy.textContent.trim().replace(/\s+/g, " ")
}

// --- htmx: focus and failures ------------------------------------------------------------------------
// A reader who pressed something in a pane is taken to the new pane's heading; a reader who did
// nothing keeps the place they were in.
let kept = null
const lost = () => document.activeElement === body || document.activeElement === null
let unfolded = [] // what a reader has opened stays open when its surroundings are drawn anew

// What to look for when the part that held the focus is drawn anew: selectors, each with how many
// of that part's elements fit it before the right one (a strip may have two links to one page).
function trace(element, part) {
  const named = [["id", element.id], ["href", element.getAttribute("href")], ["data-key", element.dataset.key], ["name", element.getAttribute("name")]]
  return named.filter(([, value]) => value).map(([name, value]) => {
    const selector = `[${name}="${CSS.escape(value)}"]`
    return {selector, nth: [...part.querySelectorAll(selector)].indexOf(element)}
  })
}
const again = (ways, part) =>
  ways.map(({selector, nth}) => part.querySelectorAll(selector)[nth]).find(Boolean) ||
  ways.map(({selector}) => document.querySelector(selector)).find(Boolean)
const pressed = event => ["click", "submit"].includes(event.detail.requestConfig?.triggeringEvent?.type)
document.addEventListener("htmx:beforeSwap", event => {
  const {xhr, requestConfig} = event.detail
  const landed = xhr?.responseURL ? new URL(xhr.responseURL).pathname : ""
  if (landed.endsWith("/signin/") && !requestConfig?.path?.includes("/signin/")) { event.detail.shouldSwap = false; location.reload(); return }
  if (xhr && xhr.status === 409) { event.detail.shouldSwap = true; event.detail.isError = false }
  unfolded = [...event.detail.target?.querySelectorAll?.("details[open][id]") || []].map(one => one.id)
  const {target} = event.detail, at = document.activeElement
  kept = at && at !== body && target?.contains(at) ? trace(at, target) : null
})
document.addEventListener("htmx:afterSwap", event => { // at once: a Tab pressed meanwhile starts from here
  for (const id of unfolded.splice(0)) { const same = document.getElementById(id); if (same) same.open = true }
  if (!kept || pressed(event) || !lost()) return
  const {target} = event.detail
  again(kept, target.isConnected ? target : event.target)?.focus({preventScroll: true})
  kept = null
})
document.addEventListener("htmx:afterSettle", event => {
  readClock()
  waitingToasts(document)
  const place = event.detail.elt
  if (pressed(event)) {
    const heading = place.querySelector?.("[data-focus]") || place.querySelector?.("h1, h2")
    if (heading && (lost() || heading.hasAttribute("data-focus"))) { if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1; heading.focus() }
  }
  kept = null
})
const alarm = document.getElementById("alarm")
const fail = () => { if (alarm) { alarm.hidden = false; clearTimeout(fail.timer); fail.timer = setTimeout(() => { alarm.hidden = true }, 20000) } }
document.addEventListener("htmx:sendError", event => { if (!event.detail.requestConfig?.triggeringEvent?.type?.startsWith("live:")) fail() })
document.addEventListener("htmx:responseError", fail)
document.addEventListener("htmx:afterRequest", event => { if (event.detail.successful && alarm) alarm.hidden = true })
