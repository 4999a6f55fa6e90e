import type Koa from 'koa'
export const mountApi = (_app: Koa, _it: object): void => {}
