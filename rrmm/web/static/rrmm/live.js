// Live pages: one event stream per browser, shared by its tabs, closed when nobody looks.
// A message says only what changed: {name, id}. It becomes the DOM events live:NAME and
// live:NAME:ID on <body>; an element with hx-trigger="live:flashpoints from:body" fetches its
// fragment. After every connection all such elements fetch once, so nothing can be missed.

const address = document.body.dataset.live
const COALESCE = 200
const channel = "BroadcastChannel" in window ? new BroadcastChannel("rrmm-live") : null
const waiting = new Set()
let timer = 0

function dispatch() {
  timer = 0
  const names = [...waiting]
  waiting.clear()
  for (const name of names) document.body.dispatchEvent(new CustomEvent(name))
}

function announce(name) {
  waiting.add(name)
  if (!timer) timer = setTimeout(dispatch, COALESCE)
}

function changed({name, id}) {
  if (document.hidden) return
  announce(`live:${name}`)
  if (id) announce(`live:${name}:${id}`)
}

// Everything on this page that listens, fetched once.
function all() {
  if (document.hidden) return
  const names = new Set()
  for (const element of document.querySelectorAll('[hx-trigger*="live:"]'))
    for (const [name] of element.getAttribute("hx-trigger").matchAll(/live:[\w:-]+/g)) names.add(name)
  names.forEach(announce)
}

let source = null, retry = 0, gone = false
function connect() {
  clearTimeout(retry)
  source?.close()
  source = new EventSource(address)
  source.addEventListener("hello", () => { all(); channel?.postMessage({all: true}) })
  source.addEventListener("change", event => {
    const message = JSON.parse(event.data)
    changed(message)
    channel?.postMessage(message)
  })
  source.addEventListener("error", () => {
    // The browser comes back by itself after our retry time; a refusal (signed out) is final
    // for it, so we ask again, slowly.
    if (source?.readyState === EventSource.CLOSED && !gone) retry = setTimeout(connect, 15000)
  })
}
function disconnect() { gone = true; clearTimeout(retry); source?.close(); source = null }

if (channel) channel.addEventListener("message", event => event.data.all ? all() : changed(event.data))

// One tab leads: it holds a lock and the stream. A hidden tab gives both away.
let release = null, queue = null
function lead() {
  gone = false
  if (!navigator.locks) { connect(); return }
  if (release || queue) return
  queue = new AbortController()
  navigator.locks.request("rrmm-live", {signal: queue.signal}, () => new Promise(resolve => {
    queue = null
    release = () => { release = null; disconnect(); resolve() }
    connect()
  })).catch(error => { if (error.name !== "AbortError") throw error })
}
function follow() {
  queue?.abort()
  queue = null
  if (release) release()
  else disconnect()
}

if (address) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) follow()
    else { all(); lead() }
  })
  addEventListener("pagehide", follow)
  addEventListener("pageshow", event => { if (event.persisted && !document.hidden) { all(); lead() } })
  if (!document.hidden) lead()
}
