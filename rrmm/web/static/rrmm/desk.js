// The desk: lines open beside the queue, the queue refreshes without moving the line under the
// pointer ("2 new, press R"), the way the reader stood is kept over a reload.
// htmx fetches (hx-get on #queue and #case); this file decides how what came is laid in.

const queue = () => document.getElementById("queue")
const pane = () => document.getElementById("case")
const lines = root => [...root.querySelectorAll(".row")]
const places = "rrmm-desk-places", compactly = "rrmm-desk-compact"
let waiting = null // a fresh queue that the reader has not asked for yet

// --- compact, remembered ---------------------------------------------------------------------------
function compact(on = localStorage.getItem(compactly) === "1") {
  queue().classList.toggle("queue-compact", on)
  const button = document.getElementById("compact")
  button.hidden = false
  button.setAttribute("aria-pressed", on)
}

// --- opening a line ----------------------------------------------------------------------------------
function mark(id) {
  for (const line of lines(queue())) line.id === `row-${id}` ? line.setAttribute("aria-current", "true") : line.removeAttribute("aria-current")
  queue().classList.toggle("queue-behind", Boolean(id))
}

async function show(url, push = true) {
  const address = new URL(url, location.href), id = address.searchParams.get("case") || ""
  const line = document.getElementById(`row-${id}`)
  if (push) history.pushState({desk: true}, "", address)
  if (!id || !line) { location.assign(address); return }
  mark(id)
  line.classList.remove("row-unread")
  await htmx.ajax("GET", line.dataset.pane, {target: "#case", swap: "outerHTML"})
  pane().scrollTop = 0
  if (matchMedia("(max-width: 56rem)").matches) scrollTo(0, 0)
  pane().querySelector("[data-focus]")?.focus({preventScroll: true})
}

const plain = event => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
document.addEventListener("click", event => {
  const line = event.target.closest?.("a.row[data-pane]")
  if (line && queue()?.contains(line) && plain(event)) { event.preventDefault(); show(line.href); return }
  const list = event.target.closest?.("[data-list]")
  if (list && plain(event) && queue()) { event.preventDefault(); leave(list.href); return }
  if (event.target.closest?.("#compact")) { localStorage.setItem(compactly, queue().classList.contains("queue-compact") ? "0" : "1"); compact() }
  if (event.target.closest?.("#news")) lay(waiting)
})

// Back to the list: the line that was open gets the focus, so that J goes on from there.
function leave(url) {
  const open = queue().querySelector(".row[aria-current]")
  history.pushState({desk: true}, "", url)
  mark("")
  const empty = document.getElementById("no-case")
  pane().replaceWith(empty.content.firstElementChild.cloneNode(true))
  open?.focus()
}

addEventListener("popstate", () => {
  if (!queue()) return
  const id = new URLSearchParams(location.search).get("case")
  if (id && document.getElementById(`row-${id}`)) show(location.href, false)
  else if (!id && sameList()) { mark(""); pane().replaceWith(document.getElementById("no-case").content.firstElementChild.cloneNode(true)) }
  else location.reload()
})
function sameList() {
  const shown = new URL(queue().dataset.refresh, location.href).searchParams, here = new URLSearchParams(location.search)
  return ["show", "line"].every(name => (shown.get(name) || "") === (here.get(name) || ""))
}

// --- the queue refreshes -------------------------------------------------------------------------------
document.addEventListener("htmx:configRequest", event => {
  if (event.detail.elt === queue()) event.detail.path = queue().dataset.refresh.split("?")[0] + location.search
})

document.addEventListener("htmx:beforeSwap", event => {
  const {target, serverResponse, xhr} = event.detail
  if (xhr?.status !== 200) return
  if (target?.id === "queue") { event.detail.shouldSwap = false; arrived(parsed(serverResponse, "queue")) }
  else if (target?.id === "case" && event.detail.requestConfig?.elt === target) keepPane(event, parsed(serverResponse, "case"))
})

const parsed = (text, id) => new DOMParser().parseFromString(text, "text/html").getElementById(id)
const inside = () => queue().querySelector("ol:hover, .row:focus") !== null

function arrived(fresh) {
  if (!fresh) return
  const before = lines(queue()).map(line => line.id), after = lines(fresh).map(line => line.id)
  if (!inside() || before.length === 0) { lay(fresh); return }
  update(fresh)
  waiting = before.join() === after.join() ? null : fresh
  tell(after.filter(id => !before.includes(id)).length)
}

// What can change without moving a line: the lines' own words, the counts, the open line.
function update(fresh) {
  for (const line of lines(fresh)) {
    const shown = document.getElementById(line.id)
    if (!shown || !queue().contains(shown)) continue
    if (shown.innerHTML !== line.innerHTML) shown.innerHTML = line.innerHTML
    shown.className = line.className
  }
  for (const [part, name] of [["nav", "innerHTML"]]) queue().querySelector(`${part}.filters`)[name] = fresh.querySelector(`${part}.filters`)[name]
  compact()
  title(fresh)
}

function tell(count) {
  const button = document.getElementById("news")
  button.hidden = waiting === null
  if (waiting === null) return
  button.querySelector("span").textContent = count === 0 ? button.dataset.moved : count === 1 ? button.dataset.one : button.dataset.many.replace("%s", count)
}

function lay(fresh) {
  if (!fresh) return
  waiting = null
  const old = queue(), known = new Set(lines(old).map(line => line.id)), top = old.scrollTop
  const held = document.activeElement?.closest?.("#queue [id]")?.id
  for (const line of lines(fresh)) if (known.size && !known.has(line.id)) line.classList.add("row-fresh")
  const laid = document.importNode(fresh, true)
  old.replaceWith(laid)
  htmx.process(laid)
  laid.scrollTop = top
  compact()
  title(laid)
  if (held) document.getElementById(held)?.focus({preventScroll: true})
}

function title(fresh) {
  const text = fresh.dataset.title
  if (text) document.title = text
}

// The reader has left the list: what waited may come in.
document.addEventListener("pointerout", event => { if (waiting && event.target.closest?.("#queue ol") && !event.relatedTarget?.closest?.("#queue ol")) setTimeout(() => { if (waiting && !inside()) lay(waiting) }, 300) })
document.addEventListener("focusout", () => setTimeout(() => { if (waiting && queue() && !inside()) lay(waiting) }, 300))

// --- the open case refreshes -----------------------------------------------------------------------------
// Nothing is laid in while a question is open or something is typed, nor when nothing changed.
function keepPane(event, fresh) {
  const shown = pane()
  const busy = shown.querySelector("dialog[open]") || shown.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")
  if (!fresh || busy || fresh.dataset.stamp === shown.dataset.stamp) { event.detail.shouldSwap = false; return }
  const top = shown.scrollTop
  requestAnimationFrame(() => { pane().scrollTop = top })
}

// --- the way the reader stood, over a reload ---------------------------------------------------------------
addEventListener("pagehide", () => {
  if (queue()) sessionStorage.setItem(places, JSON.stringify({url: location.search, queue: queue().scrollTop, pane: pane().scrollTop, at: document.activeElement?.closest?.(".row")?.id || ""}))
})
function stand() {
  const kept = JSON.parse(sessionStorage.getItem(places) || "null")
  if (!kept) return
  queue().scrollTop = kept.queue
  if (kept.url === location.search) pane().scrollTop = kept.pane
  queue().querySelector(".row[aria-current]")?.scrollIntoView({block: "nearest"})
}

if (queue()) { compact(); stand() }
