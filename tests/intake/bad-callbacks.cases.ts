import { forged, recut, stamped } from './bad/forged.cases.ts'
import { doors, transport } from './bad/http.cases.ts'
import type { BadCase } from './bad/lab.ts'
import { broken, foreign } from './bad/sealed.cases.ts'
import { outside, within } from './bad/xml.cases.ts'

/** One row, one bad input, one answer. */
export const badCases: readonly BadCase[] = [
  ...forged,
  ...stamped,
  ...recut,
  ...foreign,
  ...broken,
  ...outside,
  ...within,
  ...transport,
  ...doors,
]
