// The same in a WeChat mini program (base library 2.19.0 or newer; the corp must be bound to it: 小程序后台 → 微信客服).
// `server` is your own server, the one that runs server.mjs or does the same; `token` is your own login.
const server = 'https://app.bank.example/yinqiao'

const post = (path, data, token) =>
  new Promise((done, failed) =>
    wx.request({
      url: `${server}/${path}`,
      method: 'POST',
      header: { authorization: `Bearer ${token}` },
      data,
      success: ({ statusCode, data: answer }) => (statusCode < 300 ? done(answer) : failed(new Error(`${statusCode}`))),
      fail: failed,
    }),
  )

Page({
  data: { ready: false },

  // Before the tap: openCustomerServiceChat works only inside the tap itself.
  async onShow() {
    const { token, corpId } = getApp().globalData
    this.link = await post('link', { campaign: 'spring-2026' }, token)
    this.corpId = corpId
    this.setData({ ready: true })
  },

  openManager() {
    const { token } = getApp().globalData
    post('touch', { kind: 'app.button_tapped', data: { page: this.route } }, token).catch(() => {})
    wx.openCustomerServiceChat({
      extInfo: { url: this.link.url },
      corpId: this.corpId,
      fail: ({ errMsg }) => wx.showToast({ title: `打不开客服：${errMsg}`, icon: 'none' }),
    })
  },
})
