// The case page refreshes itself, but never under an open question or while something is typed.
const whole = () => document.getElementById("whole-case")

document.addEventListener("htmx:beforeSwap", event => {
  const {target, serverResponse, xhr} = event.detail
  if (target?.id !== "whole-case" || xhr?.status !== 200) return
  const shown = whole(), at = document.activeElement
  const busy = shown.querySelector("dialog[open]") || shown.contains(at) && at.matches("input, textarea, select")
  const fresh = new DOMParser().parseFromString(serverResponse, "text/html").getElementById("whole-case")
  if (busy || !fresh || fresh.dataset.stamp === shown.dataset.stamp) event.detail.shouldSwap = false
})
