import { describe, expect, test } from 'vitest'
import { BadSettings, publicUrl, readSettings } from '../../src/settings.ts'

/** The environment as docs/operations.md lists it: what holds without a word, and what stops the start with one line that names it. */
const mistakes = (environment: Record<string, string>): string[] => {
  try {
    readSettings(environment)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(BadSettings)
    return (error as Error).message.split('\n').slice(1)
  }
}

test('an empty environment is a laptop with the simulator', () => {
  expect(readSettings({})).toEqual({
    HOST: '127.0.0.1',
    PORT: 3000,
    DATA_DIR: './data',
    ROLE: 'all',
    WECOM_API_URL: 'https://qyapi.weixin.qq.com',
    CALLBACK_MAX_AGE_S: 3600,
    ROUTING_FILE: 'config/routing.yaml',
    TZ_BUSINESS: 'Asia/Shanghai',
    KF_POLL_S: 60,
    LOG_LEVEL: 'info',
  })
  expect(readSettings({ PORT: '', REDIS_URL: '', WECOM_CORP_ID: '' })).toEqual(readSettings({}))
})

test('PUBLIC_URL is http://HOST:PORT until it is set', () => {
  expect(publicUrl(readSettings({ PORT: '8080' }))).toBe('http://127.0.0.1:8080')
  expect(publicUrl(readSettings({ HOST: '::1' }))).toBe('http://[::1]:3000')
  expect(publicUrl(readSettings({ PUBLIC_URL: 'https://bank.example/' }))).toBe('https://bank.example')
})

describe('one line for each mistake, with the variable, the fix and never the value', () => {
  test.each([
    ['PORT', ['abc', '70000', '3.5', '-1', ' ', '0x50', '1e3']],
    ['PUBLIC_URL', ['bank.test', 'ftp://bank.test', 'javascript:alert(1)']],
    ['WECOM_API_URL', ['qyapi', 'file:///etc/passwd']],
    ['DATABASE_URL', ['mysql://localhost/x']],
    ['REDIS_URL', ['http://localhost']],
    ['ROLE', ['boss']],
    ['WECOM_AGENT_ID', ['abc', ' ']],
    ['WECOM_CALLBACK_TOKEN', ['a b', 'x'.repeat(33)]],
    ['WECOM_CALLBACK_AES_KEY', ['short', '-'.repeat(43)]],
    ['CALLBACK_MAX_AGE_S', ['abc', '-1', ' ', '1h', '9'.repeat(400)]],
    ['ADMIN_API_KEY', ['seven77', 'with a space', '钥匙钥匙钥匙钥匙']],
    ['SECRET_KEY', ['c2hvcnQ=']],
    ['TZ_BUSINESS', ['Mars/Olympus']],
    ['KF_POLL_S', ['0', '-5', '86401', 'abc', '1.5']],
    ['LOG_LEVEL', ['loud']],
  ])('%s', (name, values) => {
    const around: Record<string, string> =
      name === 'DATABASE_URL' ? { SECRET_KEY: Buffer.alloc(32).toString('base64') } : {}
    for (const value of values) {
      const said = mistakes({ ...around, [name]: value })
      expect(said, value).toHaveLength(1)
      expect(said[0]).toMatch(new RegExp(`^ {2}${name}: (give|choose) `))
      if (value.length > 3) expect(said[0]).not.toContain(value)
    }
  })

  test('what belongs together', () => {
    expect(mistakes({ WECOM_CORP_ID: 'ww1' }).map((line) => line.split(':')[0]?.trim())).toEqual([
      'WECOM_AGENT_ID',
      'WECOM_APP_SECRET',
      'WECOM_CALLBACK_TOKEN',
      'WECOM_CALLBACK_AES_KEY',
    ])
    expect(mistakes({ DATABASE_URL: 'postgres://localhost/x' })[0]).toMatch(/SECRET_KEY: is needed with DATABASE_URL/)
    expect(mistakes({ ROLE: 'web' })).toHaveLength(2)
  })

  test('0 turns the age check off', () => {
    expect(readSettings({ CALLBACK_MAX_AGE_S: '0' }).CALLBACK_MAX_AGE_S).toBe(0)
  })
})
