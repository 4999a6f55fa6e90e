import { contactAnswers } from './contact-answers.ts'
import { contactLibraryAnswers } from './contact-library-answers.ts'
import { contactWayAnswers } from './contact-way-answers.ts'
import { directoryAnswers } from './directory-answers.ts'
import { kfAnswers } from './kf-answers.ts'
import { kfMessageAnswers } from './kf-message-answers.ts'
import type { Served } from './serve.ts'
import { staffAnswers } from './staff-answers.ts'

/** All simulated APIs by path. */
export const served: ReadonlyMap<string, Served> = new Map(
  [
    ...kfAnswers,
    ...kfMessageAnswers,
    ...contactAnswers,
    ...contactLibraryAnswers,
    ...contactWayAnswers,
    ...staffAnswers,
    ...directoryAnswers,
  ].map((one) => [one.endpoint.path, one]),
)
