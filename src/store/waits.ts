/**
 * That a row of inbox or outbox still waits, for one found by another column: a filter, never a reason to take an index. With the
 * state alone the planner, whose statistics are those of a calm hour, believes the indexes of the waiting rows to be tiny, takes
 * one of them and reads all of it.
 */
export const waits = (alias = ''): string => `${alias && `${alias}.`}state || '' = 'new'`
