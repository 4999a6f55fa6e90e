import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { FailureClass } from '../../src/wecom/endpoint.ts'
import { endpoints } from '../../src/wecom/endpoints/index.ts'
import { NetworkError, WecomError } from '../../src/wecom/error.ts'
import { failureOf, failureRows } from '../../src/wecom/failures.ts'
import { failReason } from '../../src/wecom/kf-fail-types.ts'

describe('the table of codes', () => {
  test.each<[number, FailureClass]>([
    [-1, 'retry'],
    [6000, 'retry'],
    [40001, 'refresh_token'],
    [40014, 'refresh_token'],
    [42001, 'refresh_token'],
    [45009, 'back_off'],
    [45033, 'back_off'],
    [41051, 'already_done'],
    [95013, 'state_changed'],
    [95016, 'state_changed'],
    [95018, 'state_changed'],
    [95001, 'unreachable'],
    [95002, 'unreachable'],
    [40096, 'unreachable'],
    [95014, 'person'],
    [95019, 'person'],
    [81013, 'person'],
    [60011, 'person'],
    [95007, 'expired'],
    [60140, 'expired'],
    [40029, 'expired'],
    [60020, 'wrong_setup'],
    [48002, 'wrong_setup'],
    [48007, 'wrong_setup'],
    [95017, 'wrong_setup'],
    [95008, 'bad_request'],
    [40058, 'bad_request'],
    [123456, 'bad_request'],
  ])('%i is %s', (code, failure) => {
    expect(failureOf(code).failure).toBe(failure)
  })

  test('each code stands once and its advice is a sentence', () => {
    const codes = failureRows.flatMap(([, listed]) => listed)
    expect(codes.length).toBeGreaterThan(150)
    expect(new Set(codes).size).toBe(codes.length)
    for (const [, listed, advice] of failureRows) expect(advice, `${listed.join()}`).toMatch(/^[A-Z].{15,}\.$/)
  })

  test('at gettoken a refused secret is a matter for the admin, not for another token', () => {
    const gettoken = endpoints.find((one) => one.path === 'gettoken')
    expect(failureOf(40001, gettoken?.fails)).toMatchObject({
      failure: 'wrong_setup',
      advice: expect.stringContaining('WECOM_APP_SECRET'),
    })
  })

  test('reasons of a message that did not arrive', () => {
    expect(failReason(10)).toBe('the customer rejects messages')
    expect(failReason(99)).toContain('99')
  })
})

describe('errors', () => {
  test('say what, where and what to do', () => {
    const error = new WecomError({
      errcode: 60020,
      ...failureOf(60020),
      path: 'kf/send_msg',
      hint: 'h1',
      fromIp: '1.2.3.4',
    })
    expect(error.message).toBe(
      "kf/send_msg was refused with 60020: This server's address is not trusted: add the address shown here to 企业可信IP of the app. (https://open.work.weixin.qq.com/devtool/query?e=60020)",
    )
    expect(error).toMatchObject({ name: 'WecomError', failure: 'wrong_setup', hint: 'h1', fromIp: '1.2.3.4' })
    expect(new NetworkError({ outcome: 'unknown', path: 'message/send', code: 'HTTP 502' }).message).toBe(
      'message/send: sent, but the outcome is unknown (HTTP 502)',
    )
  })

  test('carry their own few fields and nothing else', () => {
    const error = new NetworkError({ outcome: 'not_sent', path: 'gettoken', code: 'ECONNREFUSED' })
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      failure: 'retry',
      outcome: 'not_sent',
      path: 'gettoken',
      code: 'ECONNREFUSED',
      name: 'NetworkError',
    })
    expect(error.cause).toBeUndefined()
    expect(inspect(error, { depth: 9 })).not.toContain('axios')
  })
})
