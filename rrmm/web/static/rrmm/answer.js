// The two answers of an expert's page. A button held for 0.8 s answers at once; every other way of
// pressing (a short tap, Enter, a switch, voice control, a screen reader) opens the second question
// as a dialog. Either way two requests go out, at least 0.8 s apart: the first one only asks for the
// second one's token and changes nothing. Without this script the server draws the second question.

const HOLD = 800
const APART = 850

const pause = ms => new Promise(done => setTimeout(done, ms))

/** First request. Resolves to the token of the second one, not before that may be used. */
async function ask(button) {
  const said = new URLSearchParams({ answer: button.value, step: button.form.elements.step.value })
  const answer = await fetch(location.pathname, {
    method: "POST", body: said, headers: { Accept: "application/json" }, cache: "no-store", redirect: "error",
  })
  if (!answer.ok) throw new Error(String(answer.status))
  const { sure } = await answer.json()
  return pause(APART).then(() => sure)
}

/** Second request: the dialog's own form, sent like any form; the answer is the next page. */
async function send(form, asked) {
  form.elements.sure.value = await asked
  form.submit()
}

function prepare(button) {
  const dialog = document.getElementById(button.dataset.hold)
  const form = dialog.querySelector("form")
  const trouble = document.getElementById("no-line")
  let asked, timer, held = false, sent = false

  const begin = () => {
    asked = ask(button)
    asked.catch(() => {})
  }
  const answer = async () => {
    if (sent) return
    sent = true
    trouble.hidden = true
    try {
      await send(form, asked)
    } catch {
      // Offline, or the page is old: nothing was sent. The next press begins anew.
      sent = false
      dialog.close()
      trouble.hidden = false
      trouble.scrollIntoView({ block: "nearest" })
    }
  }
  const letGo = () => {
    clearTimeout(timer)
    button.classList.remove("holding")
  }

  button.addEventListener("pointerdown", event => {
    if (event.button !== 0 || sent) return
    held = false
    begin()
    button.classList.add("holding")
    timer = setTimeout(() => { held = true; answer() }, HOLD)
  })
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(end, letGo)
  button.addEventListener("contextmenu", event => event.preventDefault())
  button.addEventListener("click", event => {
    event.preventDefault()
    if (held || sent) return
    if (!asked || event.detail === 0) begin()
    dialog.showModal()
  })
  form.addEventListener("submit", event => {
    event.preventDefault()
    answer()
  })
  for (const back of dialog.querySelectorAll("[data-close]")) back.addEventListener("click", () => dialog.close())
}

for (const button of document.querySelectorAll("[data-hold]")) prepare(button)
document.getElementById("how").hidden = true
document.getElementById("how-hold").hidden = false
for (const button of document.querySelectorAll("[data-hold]")) button.setAttribute("aria-describedby", "how-hold")

// Back from the next page, the browser may show this one as it was left: ask the server anew.
addEventListener("pageshow", event => { if (event.persisted) location.reload() })
