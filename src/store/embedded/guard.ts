import { spawn, type ChildProcess } from 'node:child_process'
import { asAccount, serverEnv, type Account } from './account.ts'

type Guarded = {
  program: string
  args: string[]
  cwd: string
  account: Account | null
  output: number
  signal: 'INT' | 'TERM'
}

/**
 * Reads a pipe that only our process holds open: when we die, however we die, it ends and the program is told to stop.
 * Without it `kill -9` of Node would leave a server running for ever.
 */
const script = [
  'sig=$1; shift; trap "" INT TERM HUP',
  '"$@" </dev/null 3<&- & program=$!',
  '( read -r _ <&3; kill -s "$sig" "$program" ) >/dev/null 2>&1 & watch=$!',
  'wait "$program"; code=$?',
  'kill -9 "$watch" 2>/dev/null; exit "$code"',
].join('\n')

/** Starts a program in a session of its own (Ctrl-C in the terminal does not reach it) that never outlives this process. */
export const spawnGuarded = ({ program, args, cwd, account, output, signal }: Guarded): ChildProcess => {
  const options = { cwd, detached: true, env: serverEnv(), ...asAccount(account) }
  if (process.platform === 'win32') return spawn(program, args, { ...options, stdio: ['ignore', output, output] })
  return spawn('/bin/sh', ['-c', script, 'guard', signal, program, ...args], {
    ...options,
    stdio: ['ignore', output, output, 'pipe'],
  })
}
