/** One line for a message of any type, as a person would say it; the text itself where there is one. */
export const describeMessage = (type: string, body: unknown): string | null => {
  const it = (body ?? {}) as Record<string, string | undefined>
  switch (type) {
    case 'text':
      return it['content'] ?? ''
    case 'location':
      return `[位置] ${it['name'] ?? it['address'] ?? ''}`.trim()
    case 'link':
    case 'miniprogram':
    case 'channels_shop_product':
    case 'merged_msg':
      return `[${names[type]}] ${it['title'] ?? ''}`.trim()
    default:
      return names[type] ? `[${names[type]}]` : `[${type}]`
  }
}

const names: Record<string, string> = {
  image: '图片',
  voice: '语音',
  video: '视频',
  file: '文件',
  link: '链接',
  business_card: '名片',
  miniprogram: '小程序',
  msgmenu: '菜单',
  channels: '视频号',
  channels_shop_product: '视频号商品',
  channels_shop_order: '视频号订单',
  merged_msg: '聊天记录',
  meeting: '会议',
  schedule: '日程',
  note: '笔记',
}
