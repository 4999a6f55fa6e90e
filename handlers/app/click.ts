import { obey, on } from '#bot'

/** 点了应用的菜单：与写出同样的命令一样。菜单的 key 见 docs/operations.md。 */
export default on('app/click', obey)
