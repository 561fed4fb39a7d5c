// Owns: the proof that the tables of activities agree, and that a page carries no rules.
import { describe, expect, test } from 'vitest'
import { activities, activityViews, audiences, isActivityName, programStates } from '../src/index.ts'

describe('the tables of activities', () => {
  test('have a row for each, under its own name', () => {
    expect(Object.keys(activityViews)).toEqual(Object.keys(activities))
    for (const [key, { name }] of Object.entries(activities)) expect(name).toBe(key)
    expect([isActivityName('chat'), isActivityName('toString'), isActivityName('dance')]).toEqual([true, false, false])
  })

  test.each(Object.entries(activities))('%s names audiences, states and commands that there are', (_name, rules) => {
    for (const audience of rules.audiences) expect(audiences).toContain(audience)
    const said = Object.values(programStates).map((row) => row.activities)
    for (const state of rules.openToTeam) expect(said).toContain(state)
    expect(Object.keys(rules.commands)).toEqual(Object.keys(rules.decide))
    for (const command of rules.teamCommands) expect(Object.keys(rules.commands)).toContain(command)
  })

  test.each(
    Object.entries(activities).filter(([, { audiences }]) => !(audiences as readonly string[]).includes('attendees')),
  )('%s, which is not for attendees, publishes no values that all would hear', (_name, rules) => {
    expect(rules.views(rules.initial() as never, 'attendees')).toEqual({})
  })
})
