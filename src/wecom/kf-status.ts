/** Whether a servicer takes customers: `suspended` (暂时挂起) is a short absence, `stopped` (停止接待) a long one. */
export type ServicerStatus = 'receiving' | 'stopped' | 'suspended'

const word = (stopped: boolean, stopType: number | undefined): ServicerStatus => {
  if (!stopped) return 'receiving'
  return stopType === 1 ? 'suspended' : 'stopped'
}

/** `kf/servicer/list` counts 0 receiving, 1 stopped. */
export const statusInList = (status: number, stopType?: number): ServicerStatus => word(status !== 0, stopType)

/** The event servicer_status_change counts 1 receiving, 2 stopped. */
export const statusInEvent = (status: number, stopType?: number): ServicerStatus => word(status !== 1, stopType)
