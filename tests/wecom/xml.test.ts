import { XMLParser } from 'fast-xml-parser'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CallbackRefused } from '../../src/wecom/callback-refused.ts'
import type { XmlTree } from '../../src/wecom/xml-write.ts'
import { writeXml } from '../../src/wecom/xml-write.ts'
import { readXml } from '../../src/wecom/xml.ts'
import { vector } from './vectors.ts'

const oracle = new XMLParser({ ignoreAttributes: true, parseTagValue: false, processEntities: true, trimValues: false })
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const words = fc.string({
  unit: fc.constantFrom('a', '1', '<', '>', '&', ']', ']]>', '"', '\n', ' ', '好', '😀', '&amp;'),
  maxLength: 12,
})
const name = fc.constantFrom('ToUserName', 'Encrypt', 'AgentID', 'MsgId', 'Content', 'x.y-z_1', 'a', 'Event')
const leaf = fc.oneof(words, fc.integer({ min: 0 }))
const tree: fc.Arbitrary<XmlTree> = fc.letrec<{ tree: XmlTree }>((tie) => ({
  tree: fc.dictionary(name, fc.oneof({ depthSize: 'small' }, leaf, tie('tree')), {
    minKeys: 1,
    maxKeys: 5,
    noNullPrototype: true,
  }),
})).tree

const asText = (value: XmlTree): XmlTree =>
  Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      typeof each === 'object' ? asText(each as XmlTree) : String(each),
    ]),
  )

describe('reading', () => {
  test('what was written comes back, every value a string', () => {
    fc.assert(
      fc.property(tree, (it) => {
        expect(plain(readXml(writeXml(it)))).toEqual(asText(it))
      }),
    )
  })

  test('fast-xml-parser reads the same', () => {
    // Blank text is where the two differ by design (it drops it), so it is left out of the comparison.
    const blank = (value: unknown): boolean =>
      typeof value === 'object' && value !== null ? Object.values(value).some(blank) : String(value).trim() === ''
    fc.assert(
      fc.property(tree, (it) => {
        fc.pre(!blank(it))
        const xml = writeXml(it)
        expect(plain(readXml(xml))).toEqual(plain((oracle.parse(xml) as { xml: unknown }).xml))
      }),
    )
  })

  test('text with entities, as fast-xml-parser', () => {
    const escaped = fc.string({
      unit: fc.constantFrom('a', '&amp;', '&lt;', '&gt;', '&quot;', '&apos;', '"', '中'),
      minLength: 1,
      maxLength: 20,
    })
    fc.assert(
      fc.property(escaped, (text) => {
        const xml = `<xml><Content>${text}</Content></xml>`
        expect(readXml(xml)['Content']).toBe((oracle.parse(xml) as { xml: { Content: string } }).xml.Content)
      }),
    )
  })

  test('an official message: 64-bit ids keep their digits, line feeds between elements do not count', () => {
    expect(plain(readXml(vector('V2').plaintext))).toEqual({
      ToUserName: 'wx5823bf96d3bd56c7',
      FromUserName: 'mycreate',
      CreateTime: '1409659813',
      MsgType: 'text',
      Content: 'hello',
      MsgId: '4561255354251345929',
      AgentID: '218',
    })
  })

  test.each<[string, string, unknown]>([
    ['a BOM', '\uFEFF<xml><a>1</a></xml>', { a: '1' }],
    ['leading and trailing blanks', ' \r\n<xml><a>1</a></xml>\n', { a: '1' }],
    ['no elements', '<xml></xml>', {}],
    ['an empty element', '<xml><a></a></xml>', { a: '' }],
    ['the short form of one', '<xml><a/></xml>', { a: '' }],
    ['an empty CDATA', '<xml><a><![CDATA[]]></a></xml>', { a: '' }],
    ['two CDATA sections', '<xml><a><![CDATA[x]]]]><![CDATA[>y]]></a></xml>', { a: 'x]]>y' }],
    ['markup inside CDATA', '<xml><a><![CDATA[<b>&amp;</b>]]></a></xml>', { a: '<b>&amp;</b>' }],
    ['leading zeros', '<xml><AgentID>00123</AgentID></xml>', { AgentID: '00123' }],
    ['an exponent', '<xml><a>1e5</a></xml>', { a: '1e5' }],
    ['twenty digits', '<xml><a>12345678901234567890</a></xml>', { a: '12345678901234567890' }],
    ['16 levels', `<xml>${'<a>'.repeat(15)}x${'</a>'.repeat(15)}</xml>`, expect.anything()],
  ])('%s', (_, xml, value) => {
    expect(plain(readXml(xml))).toEqual(value)
  })

  test('elements named like parts of an object are only elements', () => {
    const read = readXml('<xml><__proto__><polluted>1</polluted></__proto__><constructor>2</constructor></xml>')
    expect(Object.getPrototypeOf(read)).toBeNull()
    expect(Object.keys(read)).toEqual(['__proto__', 'constructor'])
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
  })

  test('what comes several times is a list only when asked', () => {
    const xml = '<xml><Id>1</Id><Id>2</Id><Id>3</Id><One>x</One></xml>'
    expect(plain(readXml(xml, 'collect'))).toEqual({ Id: ['1', '2', '3'], One: 'x' })
    expect(() => readXml(xml)).toThrow(/twice/)
  })
})

const deep = `<xml>${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}</xml>`
const laughs = `<!DOCTYPE x [<!ENTITY a "ha">${Array.from({ length: 10 }, (_, i) => `<!ENTITY a${i} "${'&a;'.repeat(10)}">`).join('')}]>`

const attacks: [string, string][] = [
  ['nothing', ''],
  ['JSON', '{"Encrypt":"x"}'],
  ['another root', '<root><a>1</a></root>'],
  ['a root with an attribute', '<xml version="1"><a>1</a></xml>'],
  ['an XML declaration', '<?xml version="1.0"?><xml><a>1</a></xml>'],
  ['an external entity', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><a>&e;</a></xml>'],
  ['a DOCTYPE inside', '<xml><!DOCTYPE x []><a>1</a></xml>'],
  ['a parameter entity', '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:1/">%e;]><xml></xml>'],
  ['billion laughs', `${laughs}<xml><a>&a9;</a></xml>`],
  ['quadratic blow-up', `<!DOCTYPE x [<!ENTITY a "${'x'.repeat(60_000)}">]><xml><a>${'&a;'.repeat(60_000)}</a></xml>`],
  ['an unknown entity', '<xml><a>&nbsp;</a></xml>'],
  ['a numeric entity', '<xml><a>&#65;</a></xml>'],
  ['a hexadecimal entity', '<xml><a>&#x41;</a></xml>'],
  ['a bare &', '<xml><a>a & b</a></xml>'],
  ['an entity named like a part of an object', '<xml><a>&constructor;</a></xml>'],
  ['a comment', '<xml><!-- x --><a>1</a></xml>'],
  ['a processing instruction', '<xml><?php x ?><a>1</a></xml>'],
  ['an attribute', '<xml><a b="1">x</a></xml>'],
  ['a blank in a tag', '<xml><a >x</a></xml>'],
  ['a name that begins with a digit', '<xml><1a>x</1a></xml>'],
  ['a namespace', '<xml><n:a>x</n:a></xml>'],
  ['no name', '<xml><>x</></xml>'],
  ['the same element twice', '<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>'],
  ['elements closed crosswise', '<xml><a><b>x</a></b></xml>'],
  ['an element closed by a longer name', '<xml><a>x</ab></xml>'],
  ['an open element', '<xml><Encrypt>AAAA'],
  ['an open CDATA', '<xml><a><![CDATA[x</a></xml>'],
  ['an open tag', '<xml><a'],
  ['CDATA in small letters', '<xml><a><![cdata[x]]></a></xml>'],
  ['text between elements', '<xml>x<a>1</a></xml>'],
  ['text at the root', '<xml>x</xml>'],
  ['two roots', '<xml></xml><xml></xml>'],
  ['text after the root', '<xml></xml>x'],
  ['NUL', '<xml><a>\0</a></xml>'],
  ['17 levels', `<xml>${'<a>'.repeat(16)}x${'</a>'.repeat(16)}</xml>`],
  ['50,000 levels', deep],
]

describe('attacks', () => {
  test.each(attacks)('%s is a 400, at once', (attack, xml) => {
    const began = performance.now()
    expect(() => readXml(xml)).toThrow(CallbackRefused)
    if (attack !== 'the same element twice') expect(() => readXml(xml, 'collect')).toThrow(CallbackRefused)
    expect(performance.now() - began).toBeLessThan(50)
  })

  test('any text either reads or is a 400', () => {
    const soup = fc.string({
      unit: fc.constantFrom('<', '>', '/', '!', '[CDATA[', ']]>', 'a', 'xml', '&', ';', ' ', '\0'),
      maxLength: 60,
    })
    fc.assert(
      fc.property(soup, (noise) => {
        for (const xml of [noise, `<xml>${noise}</xml>`]) {
          try {
            readXml(xml)
          } catch (error) {
            expect(error).toBeInstanceOf(CallbackRefused)
            expect((error as CallbackRefused).status).toBe(400)
          }
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('writing', () => {
  test('numbers are bare, texts are CDATA, lists repeat, undefined is left out', () => {
    expect(writeXml({ TimeStamp: 5, Nonce: 'n', Id: ['a', 'b'], Gone: undefined, In: { x: 'y' } })).toBe(
      '<xml><TimeStamp>5</TimeStamp><Nonce><![CDATA[n]]></Nonce><Id><![CDATA[a]]></Id><Id><![CDATA[b]]></Id><In><x><![CDATA[y]]></x></In></xml>',
    )
  })

  test('a name from outside cannot become markup', () => {
    expect(() => writeXml({ 'a><b': 'x' })).toThrow(/not a name/)
  })
})
