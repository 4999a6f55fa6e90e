import type { World } from '../model/world.ts'

/** Texts are noise on purpose: whoever reads anything but `errcode` is found out. */
export const noisy = (world: World, { errcode, text, ip }: { errcode: number; text: string; ip: string }): string => {
  const hint = `${world.chance.int(2 ** 31)}${world.chance.text(12)}`
  const more = `https://open.work.weixin.qq.com/devtool/query?e=${errcode}`
  return `${text}, hint: [${hint}], from ip: ${ip}, more info at ${more}`
}
