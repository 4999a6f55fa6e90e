const day = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: 'long', day: 'numeric' })
const clock = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
})

/** 11月25日 10:00, as the bank's clocks show it. */
export const sayTime = (at: Date): string => `${day.format(at)} ${clock.format(at)}`
