/** What the channel routes are handed by the composition root. */
export type ChannelDesk = {
  /** SECRET_KEY: signs entry links. */
  secretKey: string
  /** The kf link of an account for a scene: asked of WeCom once, then kept. Rejects with `LinkRefused`. */
  linkOf: (ask: { openKfId: string; scene: string }) => Promise<string>
}
