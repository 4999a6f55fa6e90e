import { addNote, customerName, notify, on } from '#bot'

/** 客户经理给客户记一笔：内容存入备注，台账只记“加了备注”，不记内容。 */
export default on('rm/note', (turn) => {
  const { rm, text } = turn.event
  return [addNote(rm, text), notify(rm, turn.tell('rm.noted', { customer: customerName(turn) }))]
})
