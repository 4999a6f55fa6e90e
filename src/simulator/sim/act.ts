import { z } from 'zod'
import type { Control } from '../control/control.ts'

/** One thing that can be told to the simulator over HTTP: `POST /sim/<name>` with JSON. */
export type Act = { name: string; ask: z.ZodType; run(control: Control, ask: unknown): unknown }

export const act = <Ask extends z.ZodType>(
  name: string,
  ask: Ask,
  run: (control: Control, ask: z.output<Ask>) => unknown,
): Act => ({ name, ask, run: (control, given) => run(control, given as z.output<Ask>) })

export const id = z.string().min(1).max(128)
export const payload = z.record(z.string(), z.unknown())
