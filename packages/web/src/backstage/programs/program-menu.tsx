// Owns: what can be done with a program as a whole, in a menu: open, copy its link, duplicate, delete.
import { ActionIcon, Menu } from '@mantine/core'
import { IconCopyPlus, IconDots, IconExternalLink, IconTrash } from '@tabler/icons-react'
import { type Program, programStates } from '@voila/protocol'
import { useState } from 'react'
import { useMay } from '../may.ts'
import { DuplicateProgram } from './create-program.tsx'
import { DeleteProgram } from './delete-program.tsx'

export function ProgramMenu({ program }: { program: Program }) {
  const mayWrite = useMay('programs:write')
  const mayDelete = useMay('programs:delete')
  const [open, setOpen] = useState<'duplicate' | 'delete'>()
  const close = (): void => setOpen(undefined)
  const isRunning = programStates[program.state].activities === 'open' || programStates[program.state].activities === 'team'
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon size={36} aria-label={`More for ${program.title}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            component="a"
            href={program.attendeeUrl}
            target="_blank"
            rel="noopener"
            leftSection={<IconExternalLink size={16} aria-hidden />}
          >
            Open the attendee page
          </Menu.Item>
          {mayWrite && (
            <Menu.Item leftSection={<IconCopyPlus size={16} aria-hidden />} onClick={() => setOpen('duplicate')}>
              Duplicate
            </Menu.Item>
          )}
          {mayDelete && <Menu.Divider />}
          {mayDelete && (
            <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} disabled={isRunning} onClick={() => setOpen('delete')}>
              {isRunning ? 'Delete (end it first)' : 'Delete'}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {open === 'duplicate' && <DuplicateProgram program={program} opened onClose={close} />}
      {open === 'delete' && <DeleteProgram program={program} opened onClose={close} />}
    </>
  )
}
