import { prepareEntry } from './entry.js'

const byId = (id) => document.getElementById(id)

const complain = (error) => {
  byId('trouble').textContent = `暂时联系不上客户经理，请稍后再试（${error.message}）`
  byId('trouble').hidden = false
}

byId('login').addEventListener('submit', async (event) => {
  event.preventDefault()
  try {
    const clientNo = byId('client').value.trim()
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch('/login', { method: 'POST', headers, body: JSON.stringify({ clientNo }) })
    if (!answer.ok) throw new Error(`登录失败 ${answer.status}`)
    byId('who').textContent = clientNo
    byId('login').hidden = true
    byId('offer').hidden = false
    const manager = await prepareEntry({ campaign: 'loan-autumn', page: '/loan' })
    byId('manager').addEventListener('click', manager.open)
    byId('manager').disabled = false
  } catch (error) {
    complain(error)
  }
})
