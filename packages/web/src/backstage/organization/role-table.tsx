// Owns: showing what each role may do, from the table that the server decides by.
import { Box, SegmentedControl, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { type MemberRole, memberRoles, permissionNames, permissions, roleMay } from '@voila/protocol'
import { useState } from 'react'
import { Section } from '../pieces/section.tsx'
import { roleWords } from '../role-words.ts'

function Comparison() {
  return (
    <Table aria-label="What the roles may do" verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>
            <VisuallyHidden>What</VisuallyHidden>
          </Table.Th>
          {memberRoles.map((role) => (
            <Table.Th key={role} ta="center" scope="col">
              {roleWords[role].name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {permissionNames.map((permission) => (
          <Table.Tr key={permission}>
            <Table.Th scope="row" fw={400}>
              {permissions[permission].says}
            </Table.Th>
            {memberRoles.map((role) => (
              <Table.Td key={role} ta="center" pos="relative">
                {roleMay(role, permission) ? <IconCheck size={16} aria-hidden /> : null}
                <VisuallyHidden>{roleMay(role, permission) ? 'yes' : 'no'}</VisuallyHidden>
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** One role at a time, where four columns have no room. */
function OneRole() {
  const [role, setRole] = useState<MemberRole>('producer')
  return (
    <>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label="Role"
        value={role}
        onChange={(next) => setRole(next as MemberRole)}
        data={memberRoles.map((each) => ({ value: each, label: roleWords[each].name }))}
      />
      <Text size="sm" c="dimmed" my="sm">
        {roleWords[role].says}
      </Text>
      <ul className="role-list">
        {permissionNames
          .filter((permission) => roleMay(role, permission))
          .map((permission) => (
            <li key={permission}>
              <IconCheck size={16} aria-hidden /> {permissions[permission].says}
            </li>
          ))}
      </ul>
    </>
  )
}

export function RoleTable() {
  return (
    <Section title="What the roles may do">
      <Box visibleFrom="sm">
        <Comparison />
      </Box>
      <Box hiddenFrom="sm">
        <OneRole />
      </Box>
    </Section>
  )
}
