/** Sets the given fields of an object that others hold on to; answers it. */
export const setKnobs = <Knobs extends object>(
  held: Knobs,
  given: { [Key in keyof Knobs]?: Knobs[Key] | undefined },
): Knobs => {
  const known = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.assign(held, Object.fromEntries(known))
}
