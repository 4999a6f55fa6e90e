import { describe, expect, test } from 'vitest'
import { firstWord, readCommand } from '../../src/dispatch/staff/command.ts'
import { pieces } from '../../src/dispatch/moves/pieces.ts'
import { clipChars, fitLines } from '../../src/outbox/card-text.ts'

describe('a command is read tolerantly', () => {
  test.each([
    ['今日', { kind: 'today' }],
    ['　今日　', { kind: 'today' }],
    ['今天。', { kind: 'today' }],
    ['/今日', { kind: 'today' }],
    ['ＴＯＤＡＹ', { kind: 'today' }],
    ['待办', { kind: 'tasks' }],
    ['忙碌！', { kind: 'busy' }],
    ['我回来了', { kind: 'free' }],
    ['？', { kind: 'help' }],
    ['客户 张三', { kind: 'customer', name: '张三' }],
    ['客户：张三', { kind: 'customer', name: '张三' }],
    ['客户张三', { kind: 'customer', name: '张三' }],
    ['查客户　张三 ', { kind: 'customer', name: '张三' }],
    ['客户', { kind: 'customer', name: '' }],
    ['转接 李四 去开会了', { kind: 'transfer', text: '李四 去开会了' }],
    ['转给李四', { kind: 'transfer', text: '李四' }],
    ['备注，周五面谈', { kind: 'note', text: '周五面谈' }],
    ['备注周五上午十点在网点面谈，带营业执照', { kind: 'note', text: '周五上午十点在网点面谈，带营业执照' }],
    ['回复 张三 您好，稍等', { kind: 'reply', text: '张三 您好，稍等' }],
    ['待办 完成 1 已电话联系', { kind: 'done', no: 1, outcome: '已电话联系' }],
    ['完成２', { kind: 'done', no: 2, outcome: '' }],
    ['结束会话', { kind: 'close', name: '' }],
    ['结束 张三', { kind: 'close', name: '张三' }],
    ['邀请', { kind: 'invite', name: '' }],
    ['邀请张三', { kind: 'invite', name: '张三' }],
    ['邀请：麦香面包房有限公司', { kind: 'invite', name: '麦香面包房有限公司' }],
    ['邀请客户 2', { kind: 'invite', name: '2' }],
  ])('%s', (written, command) => {
    expect(readCommand(written)).toEqual(command)
  })
})

describe('what only begins like a command is plain text, whole', () => {
  test.each([
    '今日利率是多少我帮您查一下',
    '忙完给您回电话',
    '客户您好，您的资料我们已经收到了',
    '转接需要您先提供一下身份证明，谢谢',
    '完成了我告诉您',
    '待办完成',
    '邀请您来网点参加活动',
    '邀请函已寄出',
    '在吗',
    '',
  ])('%s', (written) => {
    expect(readCommand(written)).toEqual({ kind: 'text', text: written })
  })
})

test('the first word ends at a blank or a sign', () => {
  expect(firstWord('李四，去开会了')).toEqual(['李四', '去开会了'])
  expect(firstWord(' 李四　去 开会')).toEqual(['李四', '去 开会'])
  expect(firstWord('')).toEqual(['', ''])
})

test('pieces lose nothing and cut no character', () => {
  const text = '一二三😀'.repeat(300)
  const cut = pieces(text, 100)
  expect(cut.join('')).toBe(text)
  expect(Math.max(...cut.map((piece) => Buffer.byteLength(piece)))).toBeLessThanOrEqual(100)
  expect(pieces('', 100)).toEqual([''])
})

test('lines on a card: characters are counted, the longest gives way, what is short stays', () => {
  expect(clipChars('一二三四五', 5)).toBe('一二三四五')
  expect(clipChars('一二三四五六', 5)).toBe('一二三四…')
  const fitted = fitLines(['客户说：' + '很长'.repeat(100), '为什么是您：归属客户经理', '请尽快回复'], 60)
  expect(fitted).toMatch(/^客户说：.*…\n为什么是您：归属客户经理\n请尽快回复$/)
  expect([...fitted].length).toBeLessThanOrEqual(60)
  const many = fitLines(
    Array.from({ length: 20 }, (_, n) => `第${n}行写了些什么`),
    50,
  )
  expect([...many].length).toBeLessThanOrEqual(50)
})
