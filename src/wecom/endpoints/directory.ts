import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { UserId } from '../ids.ts'
import { AnsweredUserId, bytes, DepartmentId } from '../limits.ts'

const doc = (page: number) => `https://developer.work.weixin.qq.com/document/path/${page}`
const departmentId = z.number()

const Member = z.looseObject({
  userid: AnsweredUserId,
  name: z.string().default(''),
  department: z.array(departmentId).default([]),
  order: z.array(z.number()).optional(),
  position: z.string().optional(),
  alias: z.string().optional(),
  is_leader_in_dept: z.array(z.number()).optional(),
  direct_leader: z.array(AnsweredUserId).optional(),
  main_department: departmentId.optional(),
  /** 1 active, 2 disabled, 4 not activated, 5 left. */
  status: z.number().optional(),
})

/** Phone, mail and picture are withheld from apps made after 2022-06-20. */
export const getUser = endpoint({
  get: 'user/get',
  doc: doc(90196),
  ask: z.strictObject({ userid: UserId }),
  answer: Member,
})

const ofDepartment = z.strictObject({ department_id: DepartmentId })

/** The department's own members (userid, name, department); sub-departments are asked one by one. */
export const listUsersSimply = endpoint({
  get: 'user/simplelist',
  doc: doc(90200),
  ask: ofDepartment,
  answer: z.looseObject({ userlist: z.array(Member).default([]) }),
})

export const listUsers = endpoint({
  get: 'user/list',
  doc: doc(90201),
  ask: ofDepartment,
  answer: z.looseObject({ userlist: z.array(Member).default([]) }),
})

/** With the 通讯录同步 secret: every member, one row per department. The end is an empty `next_cursor`. */
export const listUserIds = endpoint({
  post: 'user/list_id',
  doc: doc(96067),
  ask: z.strictObject({ cursor: bytes(512, 0).optional(), limit: z.int().min(1).max(10_000).optional() }),
  answer: z.looseObject({
    next_cursor: z.string().default(''),
    dept_user: z.array(z.looseObject({ userid: AnsweredUserId, department: departmentId })).default([]),
  }),
})

export const getUserIdByMobile = endpoint({
  post: 'user/getuserid',
  doc: doc(95402),
  ask: z.strictObject({ mobile: bytes(32) }),
  answer: z.looseObject({ userid: AnsweredUserId }),
})

const Department = z.looseObject({
  id: departmentId,
  name: z.string().default(''),
  name_en: z.string().optional(),
  department_leader: z.array(AnsweredUserId).optional(),
  parentid: departmentId.default(0),
  order: z.number().optional(),
})
const below = z.strictObject({ id: DepartmentId.optional() })

/** The department and all below it; without `id` everything the app may see. */
export const listDepartments = endpoint({
  get: 'department/list',
  doc: doc(90208),
  ask: below,
  answer: z.looseObject({ department: z.array(Department).default([]) }),
})

/** Ids only: the 通讯录同步 secret gets no more from an address that began after 2022-08-15. */
export const listDepartmentIds = endpoint({
  get: 'department/simplelist',
  doc: doc(95350),
  ask: below,
  answer: z.looseObject({ department_id: z.array(Department).default([]) }),
})

export const getDepartment = endpoint({
  get: 'department/get',
  doc: doc(95351),
  ask: z.strictObject({ id: DepartmentId }),
  answer: z.looseObject({ department: Department }),
})

const Tag = z.looseObject({ tagid: z.number(), tagname: z.string().default('') })

export const listStaffTags = endpoint({
  get: 'tag/list',
  doc: doc(90216),
  ask: z.strictObject({}),
  answer: z.looseObject({ taglist: z.array(Tag).default([]) }),
})

export const getStaffTag = endpoint({
  get: 'tag/get',
  doc: doc(90213),
  ask: z.strictObject({ tagid: z.int().min(0) }),
  answer: z.looseObject({
    tagname: z.string().default(''),
    userlist: z.array(z.looseObject({ userid: AnsweredUserId, name: z.string().default('') })).default([]),
    partylist: z.array(departmentId).default([]),
  }),
})

/** The app itself: whom it may see, whether it is closed. */
export const getAgent = endpoint({
  get: 'agent/get',
  doc: doc(90227),
  ask: z.strictObject({ agentid: z.int().min(0) }),
  answer: z.looseObject({
    agentid: z.number(),
    name: z.string().default(''),
    close: z.number().default(0),
    redirect_domain: z.string().optional(),
    allow_userinfos: z.looseObject({ user: z.array(z.looseObject({ userid: AnsweredUserId })).default([]) }).optional(),
    allow_partys: z.looseObject({ partyid: z.array(departmentId).default([]) }).optional(),
    allow_tags: z.looseObject({ tagid: z.array(z.number()).default([]) }).optional(),
  }),
})
