import { IntegrityReport } from '../integrity-report.ts'
import { route, type Route } from '../http/route.ts'

export const integrityRoutes = ({ integrity }: { integrity: () => Promise<IntegrityReport> }): Route[] => [
  route({
    method: 'GET',
    path: '/integrity',
    roles: ['admin', 'security', 'auditor'],
    doc: { tag: '审计', summary: 'The books balance, or say where not' },
    answer: IntegrityReport,
    run: integrity,
  }),
]
