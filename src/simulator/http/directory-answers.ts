import * as directory from '../../wecom/endpoints/directory.ts'
import { findMember } from '../model/find.ts'
import { Refused } from '../model/refused.ts'
import type { Department, Member, World } from '../model/world.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

/** As apps made after 2022-06-20 see a member: no phone, mail or picture. */
const shown = (member: Member) => ({
  userid: member.userid,
  name: member.name,
  department: member.departments,
  position: member.position,
  main_department: member.departments[0],
  status: member.activated ? 1 : 4,
})

const visibleMember = (world: World, userid: string): Member => {
  const member = findMember(world, userid)
  if (!member) throw new Refused(60111, 'userid not found')
  if (!member.visible) throw new Refused(60011, 'no privilege to access/modify contact/party/agent')
  return member
}

const department = (world: World, id: number): Department => {
  const found = world.departments.get(id)
  if (!found) throw new Refused(60003, 'department not found')
  return found
}

const membersOf = (world: World, id: number): Member[] => {
  department(world, id)
  return [...world.members.values()].filter((member) => member.visible && member.departments.includes(id))
}

/** The department and everything below it. */
const below = (world: World, id: number): Department[] => {
  const children = [...world.departments.values()].filter((child) => child.parentid === id)
  return [department(world, id), ...children.flatMap((child) => below(world, child.id))]
}

/** Members, departments and the app itself. */
export const directoryAnswers: Served[] = [
  serve(directory.getUser, ({ world }, ask) => shown(visibleMember(world, ask.userid))),
  serve(directory.listUsersSimply, ({ world }, ask) => ({
    userlist: membersOf(world, ask.department_id).map(({ userid, name, departments }) => ({
      userid,
      name,
      department: departments,
    })),
  })),
  serve(directory.listUsers, ({ world }, ask) => ({ userlist: membersOf(world, ask.department_id).map(shown) })),
  serve(directory.listUserIds, ({ world }, ask) => {
    const rows = [...world.members.values()].flatMap(({ userid, departments }) =>
      departments.map((id) => ({ userid, department: id })),
    )
    const start = Number(ask.cursor || 0)
    const end = start + (ask.limit ?? 10_000)
    return { next_cursor: end < rows.length ? String(end) : '', dept_user: rows.slice(start, end) }
  }),
  serve(directory.listDepartments, ({ world }, ask) => ({ department: below(world, ask.id ?? 1) })),
  serve(directory.listDepartmentIds, ({ world }, ask) => ({
    department_id: below(world, ask.id ?? 1).map(({ id, parentid, order }) => ({ id, parentid, order })),
  })),
  serve(directory.getDepartment, ({ world }, ask) => ({ department: department(world, ask.id) })),
  serve(directory.getAgent, ({ world }, ask) => {
    if (ask.agentid !== world.corp.agentId) throw new Refused(40056, 'invalid agentid')
    return { agentid: ask.agentid, name: '引桥', close: 0, allow_partys: { partyid: [1] } }
  }),
  serve(directory.listStaffTags, () => ({ taglist: [] })),
  serve(directory.getStaffTag, () => {
    throw new Refused(40068, 'invalid tagid')
  }),
  serve(directory.getUserIdByMobile, () => {
    throw new Refused(46004, 'userid not found')
  }),
]
