import qrcode from 'qrcode'

/** Level Q: a fifth of it may be dirty or covered by a logo. Four modules of white around it, as scanners ask for. */
const options = { errorCorrectionLevel: 'Q', margin: 4 } as const

/** The QR code of a link as SVG, of any size without loss. */
export const qrSvg = (url: string): Promise<string> => qrcode.toString(url, { ...options, type: 'svg' })

/** As PNG, `width` pixels wide. */
export const qrPng = (url: string, width: number): Promise<Buffer> =>
  qrcode.toBuffer(url, { ...options, type: 'png', width })
