import { programStates } from '@voila/protocol'
import { describe, expect, test } from 'vitest'
import { stateOrder, stepsFrom, undoOf } from '../src/backstage/programs/states.ts'

describe.each(stateOrder)('a program in %s', (state) => {
  test('offers every step that the server would take, and none that it would not', () => {
    expect(
      stepsFrom(state)
        .map((step) => step.to)
        .sort(),
    ).toEqual([...programStates[state].next].sort())
  })

  test('asks before attendees feel it or there is no way back, and undoes the rest', () => {
    for (const step of stepsFrom(state)) {
      const felt = step.to === 'live' || step.to === 'ended' || step.to === 'archived'
      expect(step.asks !== undefined, `${state} to ${step.to}`).toBe(felt)
      expect(undoOf({ from: state, step }), `${state} to ${step.to}`).toBe(felt || state === 'rehearsal' ? undefined : state)
    }
  })

  test('has at most one main step', () => {
    expect(stepsFrom(state).filter((step) => step.main === true).length).toBeLessThanOrEqual(1)
  })
})
