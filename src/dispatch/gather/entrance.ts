import type { Arrival } from '../arrival/arrival.ts'

/** What the link says through which a customer came in. `param`: how its signed parameter was judged. */
export type Entrance = {
  channel: string
  channelKind: string | null
  param: 'none' | 'valid' | 'expired' | 'forged' | 'foreign'
  /** Only of a valid one. */
  clientNo: string | null
  campaign: string | null
  firm: string | null
}
export type ReadEntrance = (ask: { scene: string; sceneParam: string; at: Date }) => Promise<Entrance>

/** Null for whatever is no entry through a link with a scene. */
export const entranceOf = async (read: ReadEntrance, arrival: Arrival): Promise<Entrance | null> => {
  if (arrival.kind !== 'kf/enter_session') return null
  const { scene = '', scene_param: sceneParam = '' } = arrival.event as { scene?: string; scene_param?: string }
  return scene === '' ? null : read({ scene, sceneParam, at: arrival.at })
}
