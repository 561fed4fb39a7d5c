// Owns: which run a program shows as its state changes: the one live run, and rehearsal runs that are made and thrown away.
import type { ProgramState } from '@voila/protocol'
import type { Transaction } from 'kysely'
import type { ProgramRow, Schema } from '../store/schema.ts'

type Runs = Pick<ProgramRow, 'run' | 'last_run'>

/** The number of a program's live run, made with the program. */
export const liveRun = 1

async function discard(tx: Transaction<Schema>, program: ProgramRow): Promise<void> {
  // The head row goes first: a batch on another node that waits for it finds no run, and appends nothing.
  await tx.deleteFrom('program_runs').where('program_id', '=', program.id).where('run', '=', program.run).execute()
  for (const table of ['program_log', 'program_counters'] as const) {
    await tx.deleteFrom(table).where('program_id', '=', program.id).where('run', '=', program.run).execute()
  }
}

/** Makes the run of a rehearsal that begins, or discards that of one that ends, and says which run is shown then. */
export async function runsAfter(tx: Transaction<Schema>, program: ProgramRow, to: ProgramState): Promise<Runs> {
  if (to === 'rehearsal') {
    const run = program.last_run + 1
    await tx.insertInto('program_runs').values({ program_id: program.id, run, kind: 'rehearsal' }).execute()
    return { run, last_run: run }
  }
  if (program.state === 'rehearsal' && program.run !== liveRun) await discard(tx, program)
  return { run: liveRun, last_run: program.last_run }
}
