/**
 * What the page shows, kept over a reload; for this browser tab alone. The phones' chats live in the simulator's memory: after its
 * restart nothing is kept.
 */
export const startRemembering = (begun) => {
  if (kept('begun') !== begun) sessionStorage.clear()
  keep('begun', begun)
}

export const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify(value))
export const kept = (name) => JSON.parse(sessionStorage.getItem(name))
