// Owns: taking a program from state to state: asking where attendees feel it, and undoing where they do not.
import { Button, Menu, Text } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Program, ProgramState } from '@voila/protocol'
import { useRef, useState } from 'react'
import { api } from '../api.ts'
import { Confirm } from '../pieces/confirm.tsx'
import { showDone, showProblem, showUndo } from '../pieces/notes.tsx'
import { programQuery } from '../queries.ts'
import { programPath } from './program-queries.ts'
import { type Step, stateWords, stepsFrom, undoOf } from './states.ts'

const attendeesNow = (count: number): string =>
  count === 0
    ? 'No attendee is there now.'
    : `${new Intl.NumberFormat().format(count)} ${count === 1 ? 'attendee is' : 'attendees are'} there now.`

/** What can be done with a program's state, and the dialogue for what must be asked. */
export function useSteps(program: Program) {
  const queryClient = useQueryClient()
  const [asked, setAsked] = useState<Step>()
  const takeBackOffer = useRef<() => void>(undefined)
  const go = async (to: ProgramState): Promise<Program> => {
    takeBackOffer.current?.()
    takeBackOffer.current = undefined
    const moved = await api.send<Program>('POST', `${programPath(program.id)}/state`, { to })
    queryClient.setQueryData(programQuery(program.id).queryKey, moved)
    return moved
  }
  const going = useMutation({ mutationFn: (step: Step) => go(step.to), onError: showProblem })

  function take(step: Step): void {
    if (step.asks !== undefined) {
      setAsked(step)
      return
    }
    const from = program.state
    going.mutate(step, {
      onSuccess() {
        const back = undoOf({ from, step })
        const message =
          from === 'rehearsal' ? 'The rehearsal is over, and all that was said in it is gone.' : `Now: ${stateWords[step.to].label}.`
        if (back === undefined) showDone(message)
        else takeBackOffer.current = showUndo({ message, onUndo: () => go(back) })
      },
    })
  }

  const dialogue = asked?.asks !== undefined && (
    <Confirm
      opened
      onClose={() => setAsked(undefined)}
      title={asked.asks.title}
      action={asked.asks.confirm}
      dangerous={asked.asks.danger === true}
      onConfirm={() => go(asked.to)}
    >
      <Text size="sm">
        {asked.asks.says} {asked.to === 'archived' ? '' : attendeesNow(program.viewers)}
        {asked.to === 'live' && !program.live ? ' No feed arrives yet.' : ''}
      </Text>
    </Confirm>
  )
  return { take, dialogue, isGoing: going.isPending }
}

type StepButtonsProps = { program: Program; size?: 'sm' | 'md'; steps: ReturnType<typeof useSteps>; withArchive?: boolean }

/** The main step as the button, the others beside it. Renders no dialogue: whoever calls `useSteps` does. */
export function StepButtons({ program, steps, size = 'sm', withArchive = true }: StepButtonsProps) {
  const all = stepsFrom(program.state).filter((step) => withArchive || step.to !== 'archived')
  const [main] = all.filter((step) => step.main === true)
  const others = all.filter((step) => step !== main)
  return (
    <>
      {others.length > 0 && (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button size={size} variant="default" rightSection={<IconChevronDown size={16} aria-hidden />} loading={steps.isGoing}>
              {main === undefined ? 'Change state' : 'Other steps'}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((step) => (
              <Menu.Item key={step.to} onClick={() => steps.take(step)}>
                {step.label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {main !== undefined && (
        <Button size={size} loading={steps.isGoing} onClick={() => steps.take(main)}>
          {main.label}
        </Button>
      )}
    </>
  )
}
