// Owns: a server that can be killed: live, its sockets and a real SQLite file. Prints its port; dies with the one who started it.
import { openStore } from '../../src/store/store.ts'
import { addProgram, openHouse } from './house.ts'

// Everything is loaded; the folder comes when it is this one's turn.
process.stdin.once('data', async (line) => {
  const store = await openStore({ dataDir: line.toString().trim() })
  await addProgram(store)
  const house = await openHouse({ store })
  process.stdout.write(`${new URL(house.url()).port}\n`)
})
process.stdin.on('end', () => process.exit())
process.stdout.write('loaded\n')
