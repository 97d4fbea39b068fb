// Forms of staff: sent once, never lost by accident, and their own small buttons (add, move,
// remove, look for) without losing the place. Without this file every form still works.

const changed = form => form.dataset.changed === "1"
let leaving = false

document.addEventListener("input", event => {
  const form = event.target.closest("form[data-guard]")
  if (form && event.target.name !== "q") form.dataset.changed = "1"
  const picks = event.target.dataset?.picks
  if (picks) { const choice = event.target.form?.querySelector(`[type=radio][value="${picks}"]`); if (choice) choice.checked = true }
})
addEventListener("beforeunload", event => {
  if (leaving) return
  if ([...document.querySelectorAll("form[data-guard]")].some(changed)) event.preventDefault()
})

// Sent once: the second click of a double click does nothing.
document.addEventListener("submit", event => {
  const form = event.target
  if (event.defaultPrevented || form.method !== "post") return
  if (form.dataset.sent) { event.preventDefault(); return }
  const button = event.submitter
  if (form.matches("[data-guard]") && button?.matches("[data-edit]")) { event.preventDefault(); edit(form, button); return }
  form.dataset.sent = "1"
  leaving = true
  setTimeout(() => { delete form.dataset.sent; leaving = false }, 5000)
})
addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent; leaving = false })

// A form that came back with what is wrong is read from there.
document.querySelector("form[data-guard] .notice[data-focus]")?.focus()

// A button that only changes the form: the server draws it anew, the reader keeps the place.
// quiet: the reader may type on; what was typed meanwhile is sent again before anything is laid.
const typed = form => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString()

async function edit(form, button, quiet = false) {
  if (form.dataset.busy) return
  form.dataset.busy = "1"
  form.inert = !quiet
  try {
    let answer, text, sent
    do {
      sent = typed(form)
      const data = new FormData(form)
      data.set(button.name, button.value)
      answer = await fetch(form.action, {method: "POST", body: data, headers: {"X-Part": "form"}, redirect: "manual"})
      text = await answer.text()
    } while (quiet && form.isConnected && typed(form) !== sent)
    if (answer.type === "opaqueredirect") { leaving = true; location.reload(); return }
    const page = new DOMParser().parseFromString(text, "text/html"), fresh = page.getElementById(form.id)
    if (!fresh) throw new Error(`no form ${form.id} in the answer`)
    form.inert = false
    lay(form, document.importNode(fresh, true), button, quiet)
    for (const said of page.querySelectorAll("template.toast-waiting")) document.body.dispatchEvent(new CustomEvent("toast", {detail: {text: said.dataset.text, undo: said.dataset.undo}}))
  } catch {
    // The plain way: the browser sends the form itself and shows whatever comes.
    form.inert = false
    delete form.dataset.busy
    if (quiet) return
    leaving = true
    button.removeAttribute("data-edit")
    form.requestSubmit(button)
  }
}

function lay(form, fresh, button, quiet) {
  const at = document.activeElement, held = {id: at?.id, start: at?.selectionStart, end: at?.selectionEnd}
  fresh.dataset.changed = form.dataset.changed || (button.matches("[data-look]") ? "" : "1")
  form.replaceWith(fresh)
  window.htmx?.process(fresh)
  const goal = button.dataset.focus && fresh.querySelector(button.dataset.focus)
  const same = button.value && fresh.querySelector(`[value="${CSS.escape(button.value)}"]`)
  const kept = held.id && document.getElementById(held.id)
  const place = quiet ? kept : goal || kept || same || fresh
  place?.focus?.({preventScroll: !goal})
  if (place === kept && held.start != null && kept?.setSelectionRange) try { kept.setSelectionRange(held.start, held.end) } catch { /* not a text field */ }
}

// Enter in a line of the form must not press its first button.
document.addEventListener("keydown", event => {
  const form = event.target.closest?.("form[data-guard]")
  if (!form || event.key !== "Enter" || !event.target.matches("input")) return
  event.preventDefault()
  if (event.target.name === "q") form.querySelector('[value="search"]')?.click()
})

// Some fields show at once what they mean (the deadline in the places of the people asked).
document.addEventListener("change", event => {
  const form = event.target.closest?.("form[data-guard]")
  const button = event.target.matches?.("[data-redraws]") && form?.querySelector('[value="show"]')
  if (button) edit(form, button, true)
})

// People are looked for while one types.
let typing = 0
document.addEventListener("input", event => {
  if (event.target.name !== "q" || !event.target.dataset.people) return
  clearTimeout(typing)
  typing = setTimeout(() => people(event.target), 250)
})
async function people(field) {
  const form = field.form, address = new URL(field.dataset.people, location.href)
  address.searchParams.set("q", field.value)
  for (const chosen of form.querySelectorAll('[name="expert"]')) address.searchParams.append("expert", chosen.value)
  const answer = await fetch(address)
  const place = document.getElementById("candidates")
  if (answer.ok && place && field.isConnected) place.outerHTML = await answer.text()
}

// Staff who type keep their lease; it is renewed at most once in four minutes.
let renewed = performance.now()
document.addEventListener("input", event => {
  const form = event.target.closest("form[data-lease]")
  if (!form || performance.now() - renewed < 240000) return
  renewed = performance.now()
  const data = new FormData()
  data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value)
  data.set("quiet", "1")
  fetch(form.dataset.lease, {method: "POST", body: data, redirect: "manual"})
})
