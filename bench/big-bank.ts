import type pg from 'pg'
import type { ExampleCorp, ExampleRm } from '../src/simulator/example-corp.ts'

export const account = 'wkBenchBank0000000000000000001'

/** A regional bank: one kf account, many RMs. */
export const bigBank = ({ managers, capacity }: { managers: number; capacity: number }): ExampleCorp => {
  const rms: ExampleRm[] = Array.from({ length: managers }, (_, index) => ({
    userid: `rm.${String(index).padStart(4, '0')}`,
    name: `客户经理${index}`,
    position: '客户经理',
    branch: `branch${index % 20}`,
    skills: { sme: (index % 5) + 1 },
    lines: [],
    licences: [],
    capacity,
    onDuty: true,
  }))
  return {
    name: '区域银行',
    branches: [],
    rms,
    accounts: [{ openKfId: account, name: '区域银行客服', servicers: rms.map((rm) => rm.userid) }],
    customers: [],
    links: [],
  }
}

/** The same RMs in Yinqiao's database, and a rule set that asks a pool of all of them. */
export const seedBank = async (pool: pg.Pool, { rms }: ExampleCorp): Promise<void> => {
  for (const rm of rms)
    await pool.query('insert into rms (userid, name, branch, skills, capacity) values ($1, $2, $3, $4, $5)', [
      rm.userid,
      rm.name,
      rm.branch,
      JSON.stringify(rm.skills),
      rm.capacity,
    ])
  await pool.query(
    "insert into rulesets (ruleset, origin, author, active, activated_at) values ($1, 'bench', 'bench', true, now())",
    [
      JSON.stringify({
        pools: { all: { name: '全行', members: {}, strategy: 'least-loaded' } },
        rules: [
          {
            key: 'loan',
            name: '贷款',
            when: { fact: 'message.text', contains: ['贷款'] },
            steps: [{ to: 'owner' }, { to: 'pool:all', stay: '5m' }],
            otherwise: 'leave-message',
          },
        ],
        fallback: { steps: [{ to: 'pool:all', stay: '5m' }], otherwise: 'leave-message' },
      }),
    ],
  )
}
