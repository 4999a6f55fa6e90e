import type { ColumnType, Generated, JSONColumnType } from 'kysely'

export type Time = ColumnType<Date, Date | string, Date | string>
export type Now = ColumnType<Date, Date | string | undefined, Date | string>
export type JsonOrDefault<T> = ColumnType<T, string | undefined, string>
export type Json<T> = JSONColumnType<T & object, string, string>
/** bigint columns come back as strings: ids of 64 bits do not fit a JavaScript number. */
export type Id = Generated<string>
