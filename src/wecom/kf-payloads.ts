import { z } from 'zod'

/** A field that we can do without: what is missing or odd becomes the empty string, the raw item keeps the truth. */
const words = z.string().catch('')
const maybe = z.string().optional().catch(undefined)
const count = z.number().optional().catch(undefined)

const Media = z.object({ media_id: z.string().min(1) })

const MenuItem = z.looseObject({ type: words })

/** The product card exists with two spellings of its pictures; we keep the older one. */
const ShopProduct = z
  .object({
    product_id: words,
    title: words,
    /** In fen, as text. */
    sales_price: z.union([z.string(), z.number()]).transform(String).catch(''),
    shop_nickname: words,
    head_img: maybe,
    head_image: maybe,
    shop_head_img: maybe,
    shop_head_image: maybe,
  })
  .transform(({ head_image, shop_head_image, ...product }) => ({
    ...product,
    head_img: product.head_img ?? head_image ?? '',
    shop_head_img: product.shop_head_img ?? shop_head_image ?? '',
  }))

/** Documented by name only: whatever comes is kept. */
const named = z.looseObject({}).default({})

/** What a message carries, under the name of its msgtype. */
export const payloads = {
  text: z.object({
    content: z.string(),
    /** The id of the menu item that the customer tapped; absent when they typed. */
    menu_id: maybe,
  }),
  image: Media,
  voice: Media,
  video: Media,
  file: Media,
  location: z.object({ latitude: z.number(), longitude: z.number(), name: words, address: words }),
  link: z.object({ title: words, desc: words, url: words, pic_url: words }),
  business_card: z.object({ userid: words }).transform(({ userid }) => ({ userid: userid.toLowerCase() })),
  miniprogram: z.object({ title: words, appid: words, pagepath: words, thumb_media_id: words }),
  msgmenu: z.object({ head_content: words, list: z.array(MenuItem).catch([]), tail_content: words }),
  channels_shop_product: ShopProduct,
  channels_shop_order: z.object({
    order_id: words,
    product_titles: words,
    price_wording: words,
    state: words,
    image_url: words,
    shop_nickname: words,
  }),
  merged_msg: z.object({
    title: words,
    item: z
      .array(
        z.object({
          send_time: count,
          msgtype: words,
          sender_name: words,
          /** JSON as text, of the form `{"msgtype":"text","text":{…}}`. */
          msg_content: words,
        }),
      )
      .catch([]),
  }),
  /** `sub_type` 1 post, 2 live, 3 card. */
  channels: z.object({ sub_type: count, nickname: words, title: words }),
  meeting: named,
  schedule: named,
  note: named,
}
