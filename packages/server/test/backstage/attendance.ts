// Owns: nodes with people at a program, for tests: who is there is said by name, and the clock is the test's.
import type { ProgramState } from '@voila/protocol'
import { createAccess, type Session } from '../../src/access/access.ts'
import { type Audience, createAudience } from '../../src/backstage/audience.ts'
import { createOrganizations } from '../../src/backstage/organizations.ts'
import { createPrograms, type Programs } from '../../src/backstage/programs.ts'
import { closeVisitsOf, createVisits } from '../../src/backstage/visits.ts'
import { createOutgoing } from '../../src/http/outgoing.ts'
import { createNodes, type Nodes } from '../../src/store/nodes.ts'
import type { Store } from '../../src/store/store.ts'

type Somebody = { name: string; shares?: boolean; email?: string | null }

export type Hall = {
  readonly programs: Programs
  readonly programId: string
  readonly audience: Audience
  move(...to: ProgramState[]): Promise<void>
  /** Makes attendees of the program, and answers their ids in order. */
  invite(people: readonly Somebody[]): Promise<string[]>
  close(): Promise<void>
}

export type TestNode = {
  readonly nodes: Nodes
  /** Sessions that are there; one may stand twice, as with two sockets. */
  here: Pick<Session, 'id' | 'programId' | 'attendee'>[]
  readonly errors: unknown[]
  exchange(): Promise<void>
  beat(): Promise<void>
  close(): Promise<void>
}

export const idOf = (index: number): string => `018f0000-0000-7000-8000-${String(index).padStart(12, '0')}`

/** The `index`-th attendee's session, or another of his. */
export function sessionOf(programId: string, index: number, other = ''): TestNode['here'][number] {
  const attendee = { id: idOf(index), displayName: '', givenName: '', familyName: null, roles: [] }
  return { id: `session-${index}${other}`, programId, attendee }
}

export async function openNode(
  store: Store,
  { nodeId, programs, now }: { nodeId: string; programs: Programs; now(): number },
): Promise<TestNode> {
  const errors: unknown[] = []
  const onError = (error: unknown): void => void errors.push(error)
  const visits = createVisits({ store, nodeId, programs, present: () => node.here, now, onError })
  const nodes = await createNodes({ store, nodeId, now, onGone: closeVisitsOf, onTakenForGone: visits.beginAnew, onError })
  const node: TestNode = {
    nodes,
    here: [],
    errors,
    exchange: visits.exchange,
    beat: nodes.beat,
    async close() {
      await visits.close()
      await nodes.close()
    },
  }
  return node
}

/** A program, its people, and what `watching` knows of who is there. */
export async function openHall(store: Store, { now, watching }: { now(): number; watching(): Nodes }): Promise<Hall> {
  const programs = createPrograms({ store, now })
  const organizationId = (await createOrganizations({ store, now }).create({ name: 'Aldermoor' })).id
  const { id: programId } = await programs.create(organizationId, { title: 'Show', startsAt: '2030-01-01T00:00:00Z' })
  const access = await createAccess({
    store,
    programs,
    outgoing: createOutgoing({ privateHosts: [], ca: undefined }),
    sessionSeconds: 3_600,
    sessionMaxSeconds: 86_400,
    now,
    log: { warn: () => undefined },
  })
  let invited = 0
  return {
    programs,
    programId,
    audience: createAudience({ store, nodes: { there: () => watching().there() }, attendees: access.attendees, now }),
    async move(...to) {
      for (const each of to) await programs.setState(programId, each)
    },
    async invite(people) {
      const rows = people.map((person) => {
        invited += 1
        return { id: idOf(invited), ...person }
      })
      for (let start = 0; start < rows.length; start += 500) {
        const some = rows.slice(start, start + 500)
        await store.db
          .insertInto('attendees')
          .values(
            some.map(({ id, name, email = null }) => {
              const [given_name = '', family_name = null] = name.split(' ')
              return {
                id,
                organization_id: organizationId,
                source: 'token',
                subject: id,
                given_name,
                family_name,
                email,
                created_at: 1,
                changed_at: 1,
              }
            }),
          )
          .execute()
        await store.db
          .insertInto('attendee_programs')
          .values(
            some.map(({ id, shares = true }) => ({
              attendee_id: id,
              program_id: programId,
              share_personal_data: shares ? (1 as const) : (0 as const),
              moderates: 0 as const,
              first_at: 1,
              last_at: 1,
            })),
          )
          .execute()
      }
      return rows.map(({ id }) => id)
    },
    async close() {
      await access.close()
      programs.close()
    },
  }
}
