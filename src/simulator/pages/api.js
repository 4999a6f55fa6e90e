import { toast } from './dom.js'

/** Reads something of the simulator. */
export const read = async (path, query = {}) => {
  const response = await fetch(`/sim/${path}?${new URLSearchParams(query)}`)
  if (!response.ok) return null
  const body = await response.json()
  return body && typeof body === 'object' && 'result' in body ? body.result : body
}

/** Tells the simulator to do something; false, and a word to the person, when it could not be done. */
export const act = async (name, body) => {
  try {
    const response = await fetch(`/sim/${name}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (response.ok) return true
    const problem = await response.json().catch(() => ({}))
    toast(problem.error ?? problem.errors?.[0]?.message ?? '没有成功')
  } catch {
    toast('模拟器没有回应')
  }
  return false
}
