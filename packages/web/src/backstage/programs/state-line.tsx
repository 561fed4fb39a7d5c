// Owns: the drawing of a program's states: all of them in order, where it is now, and what that means.
import { Text } from '@mantine/core'
import type { ProgramState } from '@voila/protocol'
import { useId, useState } from 'react'
import { stateOrder, stateWords } from './states.ts'

/** Each state can be asked what it means; the present one says it by itself. */
export function StateLine({ state }: { state: ProgramState }) {
  const [asked, setAsked] = useState<ProgramState>()
  const shown = asked ?? state
  const words = useId()
  const at = stateOrder.indexOf(state)
  return (
    <div className="state-line">
      <ol aria-label="States of the program">
        {stateOrder.map((each, index) => (
          <li key={each} data-state={each} data-passed={index < at && each !== 'rehearsal'} data-now={each === state}>
            <button
              type="button"
              aria-current={each === state ? 'step' : undefined}
              aria-describedby={each === shown ? words : undefined}
              data-shown={each === shown}
              onClick={() => setAsked(each === state ? undefined : each)}
            >
              <span className="state-dot" aria-hidden="true" />
              <span className="state-name">{stateWords[each].label}</span>
            </button>
          </li>
        ))}
      </ol>
      <Text size="sm" c="dimmed" id={words} aria-live="polite">
        {shown !== state && <b>{stateWords[shown].label}: </b>}
        {stateWords[shown].means}
      </Text>
    </div>
  )
}
