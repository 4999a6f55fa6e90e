import { byId, el } from './dom.js'

const samples = [
  ['图片', 'image', {}],
  ['语音', 'voice', {}],
  ['文件', 'file', { filename: '营业执照.pdf' }],
  [
    '位置',
    'location',
    { latitude: 31.2304, longitude: 121.4737, name: '麦香面包房', address: '上海市黄浦区示例路 18 号' },
  ],
]

export const closeSamples = () => {
  byId('customer-samples').hidden = true
  byId('customer-plus').setAttribute('aria-expanded', 'false')
}

const toggle = () => {
  const open = byId('customer-samples').hidden
  byId('customer-samples').hidden = !open
  byId('customer-plus').setAttribute('aria-expanded', String(open))
  byId('customer-body').scrollTop = byId('customer-body').scrollHeight
}

/** What a customer can send beside words; `send` is told type and payload. */
export const startSamples = (send) => {
  const draw = ([name, type, payload]) => {
    const click = () => {
      closeSamples()
      send(type, payload)
    }
    return el(
      'button',
      { type: 'button', data: { testid: `sample-${type}` }, on: { click } },
      el('i', {}, el('img', { src: `/icon-${type}.svg`, alt: '', width: 26, height: 26 })),
      name,
    )
  }
  byId('customer-samples').replaceChildren(...samples.map(draw))
  byId('customer-plus').addEventListener('click', toggle)
}
