import { lab, receiver } from './lab.ts'
import type { SimulatorOptions } from '../../src/simulator/create-simulator.ts'

/** The lab with somebody who hears callbacks: `told()` waits until all are there and gives their fields, oldest first. */
export const contactLab = async (options: SimulatorOptions = {}) => {
  const it = await lab(options)
  const { heard } = await receiver(it.control)
  const told = async (): Promise<Record<string, unknown>[]> => {
    await it.control.idle()
    return heard.map(({ event }) => event)
  }
  const changes = async (): Promise<unknown[]> => (await told()).map((event) => event['ChangeType'])
  /** What the last callback of this kind carried. */
  const last = async (change: string): Promise<Record<string, string>> =>
    ((await told()).findLast((event) => event['ChangeType'] === change) ?? {}) as Record<string, string>
  const greets = (code: string, more: object = { text: { content: '您好' } }) =>
    it.call('externalcontact/send_welcome_msg', { welcome_code: code, ...more })
  const of = (path: string, body: object) => it.call(`externalcontact/${path}`, body)
  const read = (path: string, query: Record<string, string> = {}) => it.get(`externalcontact/${path}`, query)
  return { ...it, heard, told, changes, last, greets, of, read }
}
